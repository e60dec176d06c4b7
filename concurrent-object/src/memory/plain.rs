//! Plain numbers, and their bytes seen as numbers in place.
//!
//! Knows the numbers that every bit pattern is a value of. Invariant: what is seen as numbers is aligned, and whole.
#![allow(unsafe_code)]

use std::slice;

/// A plain number: `u8` to `u128`, `i8` to `i128`, `usize`, `isize`, `f32`, `f64`. It travels as its bytes.
///
/// # Safety
/// Every bit pattern must be a value of the type, and the type must have no padding and a size other than zero. It is implemented
/// for the numbers above and for nothing else.
pub unsafe trait Plain: Copy + Send + Sync + 'static {}

macro_rules! plain {
    ($($number:ty)*) => {$(
        // SAFETY: a primitive number has no padding, and every bit pattern of it is a value.
        unsafe impl Plain for $number {}
    )*};
}
plain! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }

/// Bytes as numbers, to be read.
pub(crate) fn as_numbers<T: Plain>(bytes: &[u8]) -> &[T] {
    let base = bytes.as_ptr().cast::<T>();
    assert!(is_whole::<T>(bytes), "an area or a file begins at a page, and a part of it at a number");
    // SAFETY: every bit pattern is a `T`, because `T` is `Plain`; the bytes are borrowed for as long as the result, aligned,
    // and a whole number of elements, as checked above.
    unsafe { slice::from_raw_parts(base, bytes.len() / size_of::<T>()) }
}

/// Bytes as numbers, to be written.
pub(crate) fn as_numbers_mut<T: Plain>(bytes: &mut [u8]) -> &mut [T] {
    let base = bytes.as_mut_ptr().cast::<T>();
    assert!(is_whole::<T>(bytes), "an area or a file begins at a page");
    // SAFETY: `T` is `Plain`: every bit pattern is one, and it has no padding; the bytes are borrowed exclusively for as long
    // as the result, aligned, and a whole number of elements, as checked above.
    unsafe { slice::from_raw_parts_mut(base, bytes.len() / size_of::<T>()) }
}

/// Numbers as bytes.
pub(crate) fn bytes_of<T: Plain>(numbers: &[T]) -> &[u8] {
    // SAFETY: a plain number has no padding, so all its bytes are initialised; the slice is borrowed for as long.
    unsafe { slice::from_raw_parts(numbers.as_ptr().cast(), size_of_val(numbers)) }
}

/// Whether the bytes can be seen as numbers: aligned for them, and a whole number of them.
pub(crate) fn is_whole<T: Plain>(bytes: &[u8]) -> bool {
    bytes.as_ptr().cast::<T>().is_aligned() && bytes.len().is_multiple_of(size_of::<T>())
}
