//! Parts of `Shared` lists.
//!
//! Knows ranges; must not know messages. Invariant: a part lies within the list that it is taken
//! from.

use std::ops::{Bound, RangeBounds};

use super::{Shared, SharedPlace};
use crate::memory::plain::Plain;

/// Returns a handle to the elements in `range`. Panics if the range is out of bounds, as for
/// slices.
pub(super) fn part_of<T: Plain>(shared: &Shared<[T]>, range: impl RangeBounds<usize>) -> Shared<[T]> {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&before) => before + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last + 1,
        Bound::Excluded(&end) => end,
        Bound::Unbounded => shared.len(),
    };
    // Slicing checks the range, and panics if it is out of bounds.
    let numbers = &shared[start..end];
    Shared(match &shared.0 {
        SharedPlace::File { file, offset, .. } => {
            SharedPlace::File { file: file.clone(), offset: offset + start * size_of::<T>(), len: size_of_val(numbers) }
        }
        SharedPlace::Here(_) => SharedPlace::Here(numbers.into()),
    })
}
