//! What a line-wise look at a formatted function shows.
//!
//! Knows that `rustfmt` wrote the file: a function of a block begins at a depth of four columns and
//! ends with a bracket of its own at the same depth.

use std::ops::Range;

/// One function of a block.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// Its lines in the file, with its attributes.
    pub(crate) lines: Range<usize>,
    /// The line of its `fn`.
    pub(crate) head: usize,
    pub(crate) name: String,
    pub(crate) has_receiver: bool,
    /// The type that it returns.
    pub(crate) result: Option<String>,
    /// Its parameters: `P: AsRef<Path>, T`
    pub(crate) parameters: String,
}

impl Function {
    /// Whether it has a type parameter of this name.
    pub(crate) fn declares(&self, name: &str) -> bool {
        crate::message::split_options(&self.parameters).iter().any(|one| one.split(':').next() == Some(name))
    }
}

/// Finds the functions among the lines of a block, which begins at the line `first`.
///
/// # Panics
/// If a function does not end as described above.
pub(crate) fn functions(lines: &[String], block: Range<usize>) -> Vec<Function> {
    let mut found = Vec::new();
    let mut at = block.start;
    while at < block.end {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let rest = at..block.end;
        let last = rest.clone().find(|line| lines[*line] == "    }").expect("a function ends with a line of its own");
        let head = rest.clone().find(|line| lines[*line].contains("fn ")).expect("a function");
        let open = rest.clone().find(|line| lines[*line].ends_with('{')).expect("a body");
        let signature = lines[head..=open].join(" ");
        found.push(Function {
            lines: at..last + 1,
            head,
            name: name(&signature),
            has_receiver: has_receiver(&signature),
            result: result(&signature),
            parameters: parameters(&signature),
        });
        at = last + 1;
    }
    found
}

fn name(signature: &str) -> String {
    let (_, after) = signature.split_once("fn ").expect("a function");
    after.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// Returns what stands in angle brackets behind the name.
fn parameters(signature: &str) -> String {
    let after = signature.split_once("fn ").map_or("", |(_, after)| after);
    let list = after.split('(').next().unwrap_or_default();
    let list = list.split_once('<').map_or("", |(_, list)| list);
    list.trim_end_matches('>').to_owned()
}

/// Returns the type after the arrow. The arrow of a closure's bound is inside brackets, or after
/// `where`.
fn result(signature: &str) -> Option<String> {
    let head = signature.split(" where ").next().unwrap_or(signature);
    let mut depth = 0_usize;
    let mut before = ' ';
    let arrow = head.char_indices().find_map(|(at, letter)| {
        let is_arrow = letter == '>' && before == '-';
        match letter {
            '(' | '<' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '>' if !is_arrow => depth -= 1,
            _ => {}
        }
        before = letter;
        (is_arrow && depth == 0).then_some(at + 1)
    })?;
    Some(head[arrow..].trim().trim_end_matches('{').trim().to_owned())
}

/// Whether a parenthesis is followed by `self`, `&self`, `&'a mut self`, `mut self` or `self: …`.
fn has_receiver(signature: &str) -> bool {
    signature.split('(').skip(1).any(|after| {
        let words = after.trim_start().trim_start_matches('&');
        let words = words.strip_prefix('\'').map_or(words, |named| named.split_once(' ').map_or("", |(_, rest)| rest));
        let words = words.strip_prefix("mut ").unwrap_or(words);
        words.strip_prefix("self").is_some_and(|rest| rest.starts_with([',', ')', ':']))
    })
}

#[cfg(test)]
mod tests {
    use super::{functions, has_receiver, result};

    #[test]
    fn receivers_are_found_in_whatever_form() {
        for of_a_method in [
            "pub fn a(&self) -> u8 {",
            "pub fn a(mut self, x: u8) {",
            "pub fn a(self: Arc<Self>) {",
            "pub fn a<'r, 'h>(&'r mut self, haystack: &'h str) {",
            "pub fn a<F: Fn(u8)>(     &self,     f: F, ) {",
        ] {
            assert!(has_receiver(of_a_method), "{of_a_method}");
        }
        for of_no_method in ["pub fn a(selfish: u8) {", "pub fn a<F: Fn(&str)>(f: F) {"] {
            assert!(!has_receiver(of_no_method), "{of_no_method}");
        }
    }

    #[test]
    fn results_stand_behind_the_arrow_of_the_function() {
        let closure = "pub fn a<F: Fn(u8) -> u8>(&self, f: F) -> Result<Vec<u8>> where F: Fn() -> u8 {";
        assert_eq!(result(closure).as_deref(), Some("Result<Vec<u8>>"));
        assert_eq!(result("pub fn a(&self, f: fn() -> u8) {"), None);
    }

    #[test]
    fn functions_have_their_attributes_and_their_lines() {
        let text = "    #[must_use]\n    pub fn a(\n        &self,\n    ) -> u8 {\n        1\n    }\n\n    pub fn b() {\n        2;\n    }";
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let found = functions(&lines, 0..lines.len());
        let seen: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), one.lines.clone(), one.head, one.has_receiver)).collect();
        assert_eq!(seen, [("a", 0..6, 1, true), ("b", 7..10, 7, false)]);
    }
}
