//! The place of a function in the executable, and the function at such a place.
//!
//! Problem: a function's address differs from process to process. Parent and child run the same
//! file, so the offset of a function from the load address is the same in both.
//!
//! Invariant: generated code asks only for types that it wrote as function pointers, and only for
//! an offset that was taken of a pointer of the same type. The caller checks that with a checksum.
#![allow(unsafe_code)]

use std::any::type_name;
use std::{io, mem, ptr};

use super::executable;

/// Returns the offset of this function in the executable, or `None` if it lies elsewhere.
pub(crate) fn offset_of<P: Copy + 'static>(function: P) -> io::Result<Option<usize>> {
    executable::code_offset(address(function))
}

/// Returns the function at this offset, or `None` if no code of the executable lies there.
pub(crate) fn function_at<P: Copy + 'static>(offset: usize) -> io::Result<Option<P>> {
    let address = executable::code_at(offset)?;
    Ok(address.map(|address| pointer(ptr::with_exposed_provenance(address))))
}

fn address<P: Copy + 'static>(function: P) -> usize {
    assert_function_pointer::<P>();
    // SAFETY: both types have one size, as was asserted, and each bit pattern is a raw pointer.
    let pointer: *const () = unsafe { mem::transmute_copy(&function) };
    pointer.expose_provenance()
}

fn pointer<P: Copy + 'static>(address: *const ()) -> P {
    assert_function_pointer::<P>();
    // SAFETY: both types have one size, and `P` is a function pointer, as was asserted. The other
    // process had a function of this type at the same place of the same file.
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
    use super::*;

    fn length(text: &str) -> usize {
        text.len()
    }

    #[test]
    fn a_function_of_this_program_is_found_again() {
        let offset = offset_of(length as fn(&str) -> usize).expect("/proc").expect("it is of this program");
        let found: fn(&str) -> usize = function_at(offset).expect("/proc").expect("it is there");
        assert_eq!(found("four"), 4);
    }

    #[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
    #[test]
    fn there_is_no_function_outside_the_code() {
        for offset in [0, usize::MAX, usize::MAX / 2] {
            assert!(function_at::<fn()>(offset).expect("/proc").is_none(), "{offset}");
        }
    }

    #[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
    #[test]
    fn a_function_of_a_shared_library_has_no_offset() {
        let elsewhere = (libc::strlen as *const ()).expose_provenance();
        assert_eq!(executable::code_offset(elsewhere).expect("/proc"), None);
    }

    #[test]
    #[should_panic(expected = "is no function pointer")]
    fn a_reference_is_no_function_pointer() {
        static SEVEN: u64 = 7;
        address::<&'static u64>(&SEVEN);
    }
}
