//! The types that stand in for the rest of a crate, and what was written at them.
//!
//! Invariant: an edit never adds or removes a line.

/// A stand-in.
#[derive(Clone, Debug)]
pub(crate) struct StandIn {
    pub(crate) name: String,
    /// The line of its `struct` or `enum`.
    head: usize,
    /// Its last line.
    last: usize,
    /// Whether it has parameters or lifetimes.
    pub(crate) is_generic: bool,
    /// The number of its lifetimes. With one, it can be a view.
    pub(crate) lifetimes: usize,
    /// Whether its contents are those of the real type, so that a derive here says something about
    /// that type.
    has_contents: bool,
    /// Whether it implements `Clone`.
    pub(crate) is_clone: bool,
    given: Given,
    /// Whether a derive was tried and did not compile.
    is_refused: bool,
}

/// What was written at a stand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    Nothing,
    /// `serde`'s derives
    Derives,
    /// An impl block with the option `handle`, for these types in place of its parameters
    Handle(Vec<String>),
}

const DERIVES: &str = "#[derive(serde::Serialize, serde::Deserialize)] ";

/// A stand-in with one of these in its fields stands for a resource, or for contents that are not
/// known.
const RESOURCES: [&str; 7] = ["PhantomData", "Arc<", "Rc<", "dyn ", "NonNull", "*const", "*mut"];

/// Finds the stand-ins among the lines of a file.
pub(crate) fn stand_ins(lines: &[String]) -> Vec<StandIn> {
    (0..lines.len()).filter_map(|line| read(lines, line)).collect()
}

fn read(lines: &[String], head: usize) -> Option<StandIn> {
    let indent = if lines[head].starts_with("    pub") { "    " } else { "" };
    let line = lines[head].strip_prefix(indent)?;
    let text = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
    let name: String = text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    let ends = |line: &&String| line.ends_with(';') || line.ends_with("{}") || line.trim_end() == format!("{indent}}}");
    let last = head + lines[head..].iter().position(|line| ends(&line))?;
    let body = lines[head..=last].join(" ");
    let rest = &text[name.len()..];
    Some(StandIn {
        head,
        last,
        // A handle type is named beside its type, so a type of another module is as good as
        // generic.
        is_generic: rest.starts_with('<') || !indent.is_empty(),
        lifetimes: if indent.is_empty() { lifetimes(rest) } else { 0 },
        is_clone: is_clone(lines, head, &name),
        has_contents: !rest.starts_with(';') && !body.contains('\'') && RESOURCES.iter().all(|one| !body.contains(one)),
        name,
        given: Given::Nothing,
        is_refused: false,
    })
}

/// Returns 1 for `<'a, T: 'a>(…)`.
fn lifetimes(text: &str) -> usize {
    let parameters = text.strip_prefix('<').and_then(|rest| rest.split('>').next()).unwrap_or_default();
    parameters.split(',').filter(|one| one.trim().starts_with('\'')).count()
}

/// Whether the type derives `Clone`, or has an impl of it.
fn is_clone(lines: &[String], head: usize, name: &str) -> bool {
    let attributes = lines[..head].iter().rev().take_while(|line| line.trim().starts_with("#["));
    let mut impls = lines.iter().filter(|line| line.starts_with("impl") && line.contains(" Clone for "));
    attributes.filter(|line| line.trim().starts_with("#[derive(")).any(|line| has_word(line, "Clone"))
        || impls.any(|line| has_word(line, name))
}

impl StandIn {
    pub(crate) fn contains(&self, line: usize) -> bool {
        (self.head..=self.last).contains(&line)
    }

    /// Whether something was written at it.
    pub(crate) fn is_edited(&self) -> bool {
        self.given != Given::Nothing
    }

    pub(crate) fn is_derived(&self) -> bool {
        self.given == Given::Derives
    }

    /// Derives serde's traits. Returns `false` if that is not possible, or was done before.
    pub(crate) fn derive(&mut self) -> bool {
        let is_new = self.has_contents && !self.is_refused && self.given == Given::Nothing;
        if is_new {
            self.given = Given::Derives;
        }
        is_new
    }

    /// Removes the derives, because they do not compile.
    pub(crate) fn refuse(&mut self) {
        self.is_refused = true;
        self.given = Given::Nothing;
    }

    /// Whether it can be a view.
    pub(crate) fn is_view(&self) -> bool {
        self.lifetimes > 0
    }

    /// Gives it a block with the option `handle`. `types` stand in place of its parameters.
    pub(crate) fn make_handle(&mut self, types: Vec<String>) {
        self.given = Given::Handle(types);
    }

    /// Writes what it was given into the lines of the file.
    pub(crate) fn write(&self, lines: &mut [String]) {
        match &self.given {
            Given::Nothing => {}
            Given::Derives => lines[self.head].insert_str(0, DERIVES),
            Given::Handle(types) => {
                let lifetimes = (0..self.lifetimes).map(|_| "'_");
                let arguments: Vec<_> = lifetimes.chain(types.iter().map(String::as_str)).collect();
                let arguments =
                    if arguments.is_empty() { String::new() } else { format!("<{}>", arguments.join(", ")) };
                let name = &self.name;
                let block =
                    format!(" #[concurrent_object(handle)] impl {name}{arguments} {{ pub fn is_here(&self) {{}} }}");
                lines[self.last].push_str(&block);
            }
        }
    }
}

/// Whether the text contains this name as a whole word.
pub(crate) fn has_word(text: &str, name: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::{has_word, stand_ins};

    const TEXT: &str = "pub struct Channel;\npub struct Point {\n    pub x: u32,\n}\npub struct View<'a, R: 'a>(&'a R);\npub enum \
                        Kind {\n    One,\n}\npub struct Shared(Arc<u8>);\n";

    #[test]
    fn a_type_with_contents_is_derived_and_any_can_be_a_handle() {
        let mut lines: Vec<_> = TEXT.lines().map(str::to_owned).collect();
        let mut all = stand_ins(&lines);
        let names: Vec<_> = all.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["Channel", "Point", "View", "Kind", "Shared"]);
        let derived: Vec<_> = all.iter_mut().map(|one| one.derive()).collect();
        assert_eq!(derived, [false, true, false, true, false]);
        all[3].refuse();
        assert!(!all[3].derive() && !all[3].is_edited());
        all[0].make_handle(Vec::new());
        all[2].make_handle(vec!["File".to_owned()]);
        all.iter().for_each(|one| one.write(&mut lines));
        assert!(all[2].is_view() && lines[4].contains("impl View<'_, File> {"), "{}", lines[4]);
        assert_eq!(
            lines[0],
            "pub struct Channel; #[concurrent_object(handle)] impl Channel { pub fn is_here(&self) {} }"
        );
        assert_eq!(lines[1], "#[derive(serde::Serialize, serde::Deserialize)] pub struct Point {");
        assert_eq!(lines.len(), TEXT.lines().count());
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("Option<crate::Tree>", "Tree") && !has_word("TreeCursor", "Tree"));
    }
}
