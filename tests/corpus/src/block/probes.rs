//! The methods of a block that can be called on the proxy at the end.
//!
//! For each method there is a probe, a function that names it. It compiles if the method is there.

use super::Block;
use crate::head::Head;
use crate::lasting::lifetimes;

impl Block {
    /// Returns the file with a line for each method that may be on the proxy.
    pub(crate) fn probed_text(&self) -> String {
        let probes: String = self.probes().iter().map(|(_, probe)| format!("{probe}\n")).collect();
        self.text() + &probes
    }

    /// Returns the names of the methods that cannot be called, if `is_wrong` says whether there is
    /// an error on a line. Lines count from 1.
    pub(crate) fn lost(&self, is_wrong: impl Fn(usize) -> bool) -> Vec<&str> {
        let first = self.lines.len() + 1;
        let methods = self.functions.iter().filter(|edited| edited.function.has_receiver).enumerate();
        let lost = methods.filter(|(number, _)| self.is_lost || is_wrong(first + number));
        lost.map(|(_, edited)| &*edited.function.name).collect()
    }

    /// Whether a line is that of a probe.
    pub(crate) fn is_probe(&self, line: usize) -> bool {
        line > self.lines.len()
    }

    fn probes(&self) -> Vec<(usize, String)> {
        if self.is_lost {
            return Vec::new();
        }
        let head = &self.lines[self.item.start..];
        let end = head.iter().position(|line| line.ends_with('{')).expect("a block begins");
        let head = Head::parse(&head[..=end].join(" "));
        // The proxy has no lifetimes, and none of the parameters for which a type was chosen.
        let is_concrete = !lifetimes(&self.lines[self.item.start]).is_empty() || self.is_concrete();
        let head = if is_concrete { head.without_generics() } else { head };
        let methods = self.functions.iter().enumerate().filter(|(_, edited)| edited.function.has_receiver);
        methods.map(|(number, edited)| (number, head.probe(number, &edited.name_on_the_proxy()))).collect()
    }
}
