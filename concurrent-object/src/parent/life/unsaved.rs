//! The snapshots of an object's state that failed, as the child counts them.
//!
//! Knows one word of the control file. Invariant: the child writes the word and is not trusted, so
//! a count only grows.

/// The failed snapshots of one object.
#[derive(Debug, Default)]
pub(crate) struct Unsaved {
    /// The number of failures in all processes.
    pub(crate) count: u64,
    /// The word of the present process, as the parent last saw it.
    seen: u64,
}

impl Unsaved {
    /// Whether the word has changed since the parent last saw it.
    #[inline]
    pub(crate) fn has_changed(&self, word: u64) -> bool {
        word != self.seen
    }

    /// Counts the new failures. Returns whether one of them is the first, or the first after a
    /// success.
    pub(crate) fn count(&mut self, word: u64) -> bool {
        let halves = |word: u64| (word as u32, (word >> u32::BITS) as u32);
        let ((failures, firsts), (seen, firsts_seen)) = (halves(word), halves(self.seen));
        self.seen = word;
        self.count = self.count.saturating_add(u64::from(failures.saturating_sub(seen)));
        firsts > firsts_seen
    }

    /// Called for the next process, whose word begins at 0.
    pub(crate) fn reset(&mut self) {
        self.seen = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_and_only_the_first_of_a_series_is_reported() {
        let word = |failures: u64, firsts: u64| firsts << 32 | failures;
        let mut unsaved = Unsaved::default();
        assert!(unsaved.count(word(1, 1)), "the first");
        assert!(!unsaved.count(word(3, 1)), "two more in a row");
        assert!(unsaved.count(word(4, 2)), "after a success");
        assert_eq!(unsaved.count, 4);
        unsaved.reset();
        assert!(unsaved.count(word(1, 1)), "of the next process");
        assert_eq!(unsaved.count, 5);
    }

    #[test]
    fn word_that_shrinks_counts_nothing() {
        let mut unsaved = Unsaved::default();
        unsaved.count(u64::MAX);
        let count = unsaved.count;
        assert!(!unsaved.count(1));
        assert_eq!(unsaved.count, count);
    }
}
