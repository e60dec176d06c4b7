//! Parts of `Shared` lists.
//!
//! Knows ranges; must not know messages. Invariant: a part lies within the list that it is taken
//! from.

use std::ops::RangeBounds;

use super::{Shared, SharedPlace};
use crate::memory::plain::Plain;

/// Returns a handle to the elements in `range`. Panics if the range is out of bounds, as for
/// slices.
pub(super) fn part_of<T: Plain>(shared: &Shared<[T]>, range: impl RangeBounds<usize>) -> Shared<[T]> {
    // Slicing checks the range, and panics if it is out of bounds.
    let numbers = &shared[(range.start_bound().cloned(), range.end_bound().cloned())];
    let start = numbers.as_ptr().addr() - shared.as_ptr().addr();
    Shared(match &shared.0 {
        SharedPlace::File { file, offset, .. } => {
            SharedPlace::File { file: file.clone(), offset: offset + start, len: size_of_val(numbers) }
        }
        SharedPlace::Here(_) => SharedPlace::Here(numbers.into()),
    })
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn part_is_that_of_the_slice_and_a_range_beyond_the_end_panics_as_for_slices() {
        for len in [4, 1000] {
            let numbers: Vec<u32> = (0..len).collect();
            let shared = Shared::<[u32]>::new(&numbers).expect("memory");
            assert_eq!(part_of(&shared, 1..=2)[..], numbers[1..=2]);
            assert_eq!(part_of(&shared, (Bound::Excluded(1), Bound::Unbounded))[..], numbers[2..]);
            assert!(part_of(&shared, numbers.len()..).is_empty());
            let whole = (Bound::Excluded(usize::MAX), Bound::Unbounded);
            assert!(catch_unwind(|| part_of(&shared, 0..=usize::MAX)).is_err());
            assert!(catch_unwind(|| part_of(&shared, whole)).is_err());
        }
    }
}
