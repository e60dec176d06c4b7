//! The cases of `tests/ui/fail`, and what a user writes who follows their messages.
//!
//! `tests/ui/remedies.txt` lists the edits. All edited cases are compiled at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::scratch::Scratch;

/// The edits of all cases.
#[derive(Debug)]
pub struct Remedies(Vec<Remedy>);

#[derive(Debug)]
struct Remedy {
    case: String,
    /// Why the case has no remedy that could be written.
    reason: Option<String>,
    /// Each a line of the case, and the lines in its place.
    edits: Vec<(String, Vec<String>)>,
}

impl Remedies {
    /// Reads the list.
    ///
    /// # Panics
    /// If a line has none of the forms that the head of the list names.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut all: Vec<Remedy> = Vec::new();
        let from_first = text.lines().skip_while(|line| !line.starts_with("# "));
        for line in from_first.filter(|line| !line.trim().is_empty()) {
            if let Some(head) = line.strip_prefix("# ") {
                let (case, reason) = head.split_once(": ").map_or((head, None), |(case, reason)| (case, Some(reason)));
                all.push(Remedy { case: case.to_owned(), reason: reason.map(str::to_owned), edits: Vec::new() });
                continue;
            }
            let edits = &mut all.last_mut().expect("a case").edits;
            match line.split_at(1) {
                ("-", old) => edits.push((old.trim().to_owned(), Vec::new())),
                ("+", new) => edits.last_mut().expect("a line of the case").1.push(new.trim().to_owned()),
                _ => panic!("neither `- ` nor `+ `: {line}"),
            }
        }
        Self(all)
    }

    /// Returns the cases of a folder that the list does not have, and those that only the list has.
    ///
    /// # Panics
    /// If the folder cannot be read.
    #[must_use]
    pub fn differences(&self, cases: &Path) -> Vec<String> {
        let files = fs::read_dir(cases).expect("the cases").map(|file| file.expect("a file").path());
        let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
        let there: BTreeSet<_> = sources.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
        let listed: BTreeSet<_> = self.0.iter().map(|remedy| remedy.case.clone()).collect();
        there.symmetric_difference(&listed).cloned().collect()
    }

    /// Returns the errors of the edited cases.
    ///
    /// # Panics
    /// If a case does not have a line that is edited.
    #[must_use]
    pub fn errors(&self, scratch: &Scratch, cases: &Path) -> Vec<String> {
        let mended = self.0.iter().filter(|remedy| remedy.reason.is_none());
        let modules: Vec<_> = mended
            .map(|remedy| {
                let path = cases.join(format!("{}.rs", remedy.case));
                (remedy.case.as_str(), remedy.apply(&fs::read_to_string(path).expect("a case")))
            })
            .collect();
        let findings = scratch.check(&modules).into_iter();
        let place = |finding: &crate::scratch::Finding| {
            finding.places.first().map(|place| format!("{}:{}", place.module, place.line)).unwrap_or_default()
        };
        findings.map(|finding| format!("{}: {}", place(&finding), finding.text)).collect()
    }
}

impl Remedy {
    fn apply(&self, case: &str) -> String {
        let mut edits = self.edits.iter().peekable();
        let mut text = String::new();
        for line in case.lines() {
            match edits.next_if(|(old, _)| old == line.trim()) {
                Some((_, new)) => text.extend(new.iter().map(|line| format!("{line}\n"))),
                None => text.push_str(&format!("{line}\n")),
            }
        }
        assert!(edits.peek().is_none(), "`{}` has no such line, or it stands before: {:?}", self.case, edits.peek());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Remedies;

    const LIST: &str = "What is here.\n\n# one\n- a\n+ b\n+\n- a\n+ c\n\n# other: no remedy\n";

    #[test]
    fn lines_of_a_case_are_replaced_in_their_order() {
        let all = Remedies::parse(LIST);
        assert_eq!(all.0[0].apply("  a\nd\n  a\na\n"), "b\n\nd\nc\na\n");
        assert_eq!(all.0[1].reason.as_deref(), Some("no remedy"));
    }

    #[test]
    #[should_panic(expected = "has no such line")]
    fn an_edit_of_no_line_is_reported() {
        let _ = Remedies::parse(LIST).0[0].apply("a\nb\n");
    }
}
