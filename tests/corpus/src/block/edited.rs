//! One function of a block, and what was written in front of it.

use crate::signature::Function;

/// A function, and what was written in front of it.
#[derive(Clone, Debug)]
pub(super) struct Edited {
    pub(super) function: Function,
    pub(super) is_skipped: bool,
    /// Whether it is left out. When all messages were followed, `skip_unsupported` does that.
    pub(super) is_left_out: bool,
    /// Options that need no more said about them: `rename = close_it`.
    pub(super) options: Vec<String>,
    /// The types chosen for its parameters: `P = PathBuf`.
    pub(super) with: Vec<String>,
    /// Whether its `&mut` result is copied.
    pub(super) is_copied: bool,
}

impl Edited {
    pub(super) fn name_on_the_proxy(&self) -> String {
        let renamed = self.options.iter().find_map(|option| option.strip_prefix("rename = "));
        renamed.unwrap_or(&self.function.name).to_owned()
    }

    /// Leaves it out, and drops all options.
    pub(super) fn leave_out(&mut self) {
        *self = Self { is_left_out: true, ..Self::new(self.function.clone()) };
    }

    pub(super) fn new(function: Function) -> Self {
        let (with, options) = (Vec::new(), Vec::new());
        Self { function, is_skipped: false, is_left_out: false, options, with, is_copied: false }
    }

    /// Returns what stands in front of it. `is_settled` says whether the block has
    /// `skip_unsupported`.
    pub(super) fn prefix(&self, is_settled: bool) -> String {
        let with = (!self.with.is_empty()).then(|| format!("with({})", self.with.join(", ")));
        let copy = self.is_copied.then(|| "copy".to_owned());
        let given = with.into_iter().chain(copy).chain(self.options.iter().cloned());
        let options = if self.is_skipped || (self.is_left_out && !is_settled) {
            vec!["skip".to_owned()]
        } else {
            given.collect()
        };
        if options.is_empty() { String::new() } else { format!("#[concurrent_object({})] ", options.join(", ")) }
    }
}
