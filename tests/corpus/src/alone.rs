//! What `skip_unsupported` alone makes of the blocks: no other edit is made, apart from the
//! constructor that the head of a file names.
//!
//! For each method there is a probe, a function that names it on the proxy. It compiles if the
//! method can be called. The compiler reports errors of its later phases only when those of the
//! earlier ones are gone. So a block with an error outside its probes loses its attribute, and the
//! rest is compiled again.

use std::fs;
use std::path::Path;

use crate::head::Head;
use crate::lasting::lifetimes;
use crate::scratch::{Finding, Scratch};
use crate::signature::functions;

const ATTRIBUTE: &str = "#[concurrent_object]";
const CONSTRUCTOR: &str = "//! Constructor: `";

/// In each round at least one block loses its attribute, or it is the last.
const MAX_ROUNDS: usize = 40;

/// What became of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alone {
    /// The name of its file.
    pub name: String,
    /// Whether it compiles.
    pub is_accepted: bool,
    /// Its functions with a receiver.
    pub methods: usize,
    /// Those that can be called on the proxy.
    pub callable: usize,
}

/// A file of `blocks`, with the option and the probes.
struct Probed {
    name: String,
    lines: Vec<String>,
    attribute: usize,
    /// One line for each method.
    probes: Vec<String>,
    is_accepted: bool,
}

/// Compiles the files with `skip_unsupported`. `show` gets each error in a block, with its name.
///
/// # Panics
/// If the compiler fails, or if there is no end.
pub fn measure_alone(scratch: &Scratch, paths: &[impl AsRef<Path>], mut show: impl FnMut(&str, &str)) -> Vec<Alone> {
    let mut all: Vec<_> = paths.iter().map(|path| Probed::read(path.as_ref())).collect();
    for _ in 0..MAX_ROUNDS {
        let modules: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.text())).collect();
        let findings = scratch.check(&modules);
        let mut is_last = true;
        for block in &mut all {
            let outside: Vec<_> = findings.iter().filter(|finding| block.is_outside_probes(finding)).collect();
            outside.iter().for_each(|finding| show(&block.name, &finding.text));
            if !outside.is_empty() {
                assert!(block.is_accepted, "{} has errors without the attribute", block.name);
                (block.is_accepted, is_last) = (false, false);
            }
        }
        if is_last {
            return all.iter().map(|block| block.result(&findings)).collect();
        }
    }
    panic!("errors are left after {MAX_ROUNDS} rounds");
}

impl Probed {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a file of the corpus");
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        Self::parse(name, &text)
    }

    fn parse(name: String, text: &str) -> Self {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let attribute = lines.iter().position(|line| line == ATTRIBUTE).expect("the attribute");
        let rest = attribute..lines.len();
        let open = rest.clone().find(|line| lines[*line].ends_with('{')).expect("a block begins");
        let end = rest.clone().find(|line| lines[*line] == "}").expect("a block ends");
        let head = Head::parse(&lines[attribute + 1..=open].join(" "));
        let head = if lifetimes(&lines[attribute + 1]).is_empty() { head } else { head.without_generics() };
        let methods = functions(&lines, open + 1..end).into_iter().filter(|function| function.has_receiver);
        let probes = methods.enumerate().map(|(number, method)| head.probe(number, &method.name)).collect();
        let constructor = lines.iter().find_map(|line| line.strip_prefix(CONSTRUCTOR)?.split('`').next());
        let constructor = constructor.map(|one| format!(", constructor = {one}")).unwrap_or_default();
        lines[attribute] = format!("#[concurrent_object(skip_unsupported{constructor})]");
        Self { name, lines, attribute, probes, is_accepted: true }
    }

    fn text(&self) -> String {
        let mut lines = self.lines.clone();
        if self.is_accepted {
            lines.extend(self.probes.iter().cloned());
        } else {
            lines[self.attribute].clear();
        }
        lines.join("\n") + "\n"
    }

    fn is_outside_probes(&self, finding: &Finding) -> bool {
        finding.places.first().is_some_and(|place| place.module == self.name && place.line <= self.lines.len())
    }

    fn result(&self, findings: &[Finding]) -> Alone {
        let is_wrong = |probe: usize| {
            let line = self.lines.len() + probe + 1;
            let is_there = |finding: &Finding| {
                finding.places.first().is_some_and(|place| place.module == self.name && place.line == line)
            };
            findings.iter().any(is_there)
        };
        let callable = (0..self.probes.len()).filter(|probe| self.is_accepted && !is_wrong(*probe)).count();
        Alone { name: self.name.clone(), is_accepted: self.is_accepted, methods: self.probes.len(), callable }
    }
}

#[cfg(test)]
mod tests {
    use super::Probed;

    #[test]
    fn each_method_has_a_probe_on_a_line_of_its_own() {
        let text = "//! Constructor: `fn open() -> Self`.\n#[concurrent_object]\nimpl<T: Copy> Thing<T> {\n    pub fn get(&self) \
                    {\n        1\n    }\n\n    pub fn of(of: T) {\n        1\n    }\n}\n";
        let mut block = Probed::parse("thing".to_owned(), text);
        let with = block.text();
        assert!(
            with.contains("#[concurrent_object(skip_unsupported, constructor = fn open() -> Self)]\nimpl"),
            "{with}"
        );
        assert_eq!((with.lines().count(), block.probes.len()), (text.lines().count() + 1, 1));
        assert!(with.ends_with("Self::get; } }\n"), "{with}");
        block.is_accepted = false;
        assert_eq!(block.text().lines().count(), text.lines().count());
    }
}
