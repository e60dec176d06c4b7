//! Function pointers as arguments: `fn(&Row) -> bool`, and closures that capture nothing.
//!
//! Problem: a function's address differs from process to process. Parent and child run the same
//! file, so the offset of a function from the load address is the same in both. Calling a wrong
//! address is undefined behaviour. So the offset travels with a checksum of itself and of the
//! pointer's type, and the child checks that code of the executable lies there.
//!
//! Only a child reads a pointer: what a child sends is never called by the parent. Invariant: the
//! generated code uses this adapter only for a type that it wrote as a function pointer.
#![allow(unsafe_code)]

use std::any::type_name;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::{mem, ptr};

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::process::executable;
use crate::wire::{Reads, Writes};

/// The adapter of function pointers.
#[derive(Debug)]
pub struct FunctionPointer;

impl<P: Copy + 'static> Writes<P> for FunctionPointer {
    fn write<S: Serializer>(pointer: &P, serializer: S) -> Result<S::Ok, S::Error> {
        let offset = executable::code_offset(address::<P>(*pointer)).map_err(S::Error::custom)?;
        let Some(offset) = offset else {
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
            return Err(D::Error::custom(format_args!("no {} is there", type_name::<P>())));
        }
        let address = executable::code_at(offset).map_err(D::Error::custom)?;
        let address = address.ok_or_else(|| D::Error::custom("no code of this program is there"))?;
        Ok(pointer(ptr::with_exposed_provenance(address)))
    }
}

fn checksum<P>(offset: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (type_name::<P>(), offset).hash(&mut hasher);
    hasher.finish()
}

fn address<P: Copy + 'static>(pointer: P) -> usize {
    assert_function_pointer::<P>();
    // SAFETY: both types have one size, as was asserted, and any pointer may be read as a raw one.
    let pointer: *const () = unsafe { mem::transmute_copy(&pointer) };
    pointer.expose_provenance()
}

fn pointer<P: Copy + 'static>(address: *const ()) -> P {
    assert_function_pointer::<P>();
    // SAFETY: both types have one size. `P` is a function pointer, as was asserted. The parent had
    // this function of this type at the same place of the same file, as the checksum says.
    unsafe { mem::transmute_copy(&address) }
}

/// Generated code passes only function pointers. This is a second check.
fn assert_function_pointer<P>() {
    const { assert!(size_of::<P>() == size_of::<*const ()>()) };
    let is_function = ["fn(", "for<", "unsafe ", "extern "].iter().any(|start| type_name::<P>().starts_with(start));
    assert!(is_function, "`{}` is no function pointer", type_name::<P>());
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

    fn offset_of_length() -> usize {
        executable::code_offset(address::<Work>(length)).expect("/proc").expect("a function of this program")
    }

    #[test]
    fn a_function_that_comes_back_is_the_same() {
        let offset = offset_of_length();
        let work = read(offset, checksum::<Work>(offset)).expect("it was sent so");
        assert_eq!(work("four"), 4);
    }

    #[test]
    fn another_type_or_place_is_refused() {
        let offset = offset_of_length();
        for (offset, sum) in [
            (offset, checksum::<fn(&str) -> u32>(offset)),
            (offset + 1, checksum::<Work>(offset)),
            (usize::MAX, checksum::<Work>(usize::MAX)),
            (0, checksum::<Work>(0)),
        ] {
            assert!(read(offset, sum).is_err(), "{offset}");
        }
    }

    #[test]
    fn a_function_of_a_shared_library_has_no_offset() {
        let elsewhere: unsafe extern "C" fn(*const std::ffi::c_char) -> usize = libc::strlen;
        assert_eq!(executable::code_offset(address(elsewhere)).expect("/proc"), None);
    }

    #[test]
    #[should_panic(expected = "is no function pointer")]
    fn other_types_are_no_function_pointers() {
        address(&7_u64);
    }
}
