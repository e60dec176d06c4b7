//! Function pointers as arguments: `fn(&Row) -> bool`, and closures that capture nothing.
//!
//! Calling a wrong address is undefined behaviour. So a function's offset travels with a checksum
//! of itself and of the pointer's type. Only a child reads a pointer: the parent calls nothing that
//! a child names.
//!
//! Knows serde; `process::function_pointer` knows where functions are.

use std::any::type_name;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::process::function_pointer::{function_at, offset_of};
use crate::wire::{Reads, Writes};

/// The adapter of function pointers.
#[derive(Debug)]
pub struct FunctionPointer;

impl<P: Copy + 'static> Writes<P> for FunctionPointer {
    fn write<S: Serializer>(function: &P, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(offset) = offset_of(*function).map_err(S::Error::custom)? else {
            return Err(S::Error::custom(
                "this function is in a shared library, and the child may have that elsewhere; pass a function of the program itself",
            ));
        };
        (offset, checksum::<P>(offset)).serialize(serializer)
    }
}

impl<'de, P: Copy + 'static> Reads<'de, P> for FunctionPointer {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<P, D::Error> {
        let (offset, sum) = <(usize, u64)>::deserialize(deserializer)?;
        if sum != checksum::<P>(offset) {
            return Err(D::Error::custom(format_args!("there is no `{}`", type_name::<P>())));
        }
        let function = function_at(offset).map_err(D::Error::custom)?;
        function.ok_or_else(|| D::Error::custom("no code of this program is there"))
    }
}

fn checksum<P>(offset: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (type_name::<P>(), offset).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, SeqDeserializer};

    use super::*;

    type Work = fn(&str) -> usize;

    fn length(text: &str) -> usize {
        text.len()
    }

    fn read(offset: usize, sum: u64) -> Result<Work, Error> {
        let words = [offset as u64, sum].into_iter().map(u64::into_deserializer);
        FunctionPointer::read(SeqDeserializer::<_, Error>::new(words))
    }

    #[test]
    fn a_function_that_arrives_is_the_same_and_no_other_type_or_place_is_accepted() {
        let offset = offset_of(length as Work).expect("/proc").expect("it is of this program");
        assert_eq!(read(offset, checksum::<Work>(offset)).expect("it was sent so")("four"), 4);
        for (offset, sum) in [
            (offset, checksum::<fn(&str) -> u32>(offset)),
            (offset + 1, checksum::<Work>(offset)),
            (0, checksum::<Work>(0)),
        ] {
            assert!(read(offset, sum).is_err(), "{offset}");
        }
    }
}
