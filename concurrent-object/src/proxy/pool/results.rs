//! The outcomes that a map has received and not given.
//!
//! Knows numbers of items.

use std::collections::VecDeque;

use crate::error::CallError;

/// The outcomes that were received and not given.
pub(super) enum Results<T> {
    /// In the order of the items. The first is that of the item `given`.
    Ordered(VecDeque<Option<Result<T, CallError>>>),
    /// In the order in which they came.
    Unordered(VecDeque<Result<T, CallError>>),
}

impl<T> Results<T> {
    /// Keeps the outcome of the item with this number. `given`: the number of the next item.
    pub(super) fn put(&mut self, number: u64, given: u64, outcome: Result<T, CallError>) {
        match self {
            Self::Ordered(done) => done[(number - given) as usize] = Some(outcome),
            Self::Unordered(ready) => ready.push_back(outcome),
        }
    }

    pub(super) fn next(&mut self) -> Option<Result<T, CallError>> {
        match self {
            Self::Ordered(done) => {
                done.front()?.as_ref()?;
                done.pop_front().flatten()
            }
            Self::Unordered(ready) => ready.pop_front(),
        }
    }
}
