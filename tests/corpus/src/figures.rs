//! What became of one block.

/// Whether the attribute took a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acceptance {
    /// An error was left that no edit removed.
    Lost,
    /// With edits.
    Edited,
    /// As it is.
    AsItIs,
}

/// The figures of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The name of its file.
    pub name: String,
    /// Whether the attribute took it.
    pub acceptance: Acceptance,
    /// Its functions with a receiver.
    pub methods: usize,
    /// Those that are on the proxy at the end.
    pub on_the_proxy: usize,
    /// The edited lines.
    pub edits: usize,
    /// Messages that name a remedy.
    pub leads_on: usize,
    /// Messages about a function that another message of the same round is about.
    pub repeats: usize,
    /// Messages that name no remedy.
    pub leads_nowhere: usize,
    /// Messages at generated code.
    pub cascades: usize,
}

impl Figures {
    /// Returns the methods on the proxy, in percent.
    #[must_use]
    pub fn percent(&self) -> usize {
        percent(self.on_the_proxy, self.methods)
    }

    /// Returns in what these figures are worse than those, with both numbers.
    #[must_use]
    pub fn worse_than(&self, old: &Self) -> Vec<String> {
        let name = &self.name;
        let mut worse = Vec::new();
        if self.acceptance < old.acceptance {
            worse.push(format!("{name}: {:?}, was {:?}", self.acceptance, old.acceptance));
        }
        if self.on_the_proxy < old.on_the_proxy {
            worse.push(format!("{name}: {} methods on the proxy, were {}", self.on_the_proxy, old.on_the_proxy));
        }
        for (what, new, old) in [
            ("edits", self.edits, old.edits),
            ("messages that lead nowhere", self.leads_nowhere, old.leads_nowhere),
            ("messages at generated code", self.cascades, old.cascades),
        ] {
            if new > old {
                worse.push(format!("{name}: {new} {what}, were {old}"));
            }
        }
        worse
    }
}

/// Rounds down, so that 100 means all.
pub(crate) fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or(100)
}
