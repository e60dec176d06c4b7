//! Arrays of any length. serde knows arrays of at most 32 elements.
//!
//! Invariant: an array is written as a list, so that the numbers of a long one are copied as a
//! whole.

use serde::{Deserializer, Serializer, de};

use super::{Composite, Reads, Writes};

impl<T, A: Writes<T>, const N: usize> Writes<[T; N]> for Composite<(A,)> {
    fn write<S: Serializer>(value: &[T; N], serializer: S) -> Result<S::Ok, S::Error> {
        A::write_list(value, serializer)
    }
}

impl<'de, T, A: Reads<'de, T>, const N: usize> Reads<'de, [T; N]> for Composite<(A,)> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<[T; N], D::Error> {
        let list = A::read_list(deserializer)?;
        let len = list.len();
        list.try_into().map_err(|_| {
            let expected = format!("an array of {N} elements");
            de::Error::invalid_length(len, &expected.as_str())
        })
    }
}
