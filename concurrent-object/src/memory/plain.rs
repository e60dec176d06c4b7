//! Plain numbers, and their bytes seen as numbers in place.
//!
//! Knows the numbers that every bit pattern is a value of. Invariant: what is seen as numbers is aligned, and whole.
#![allow(unsafe_code)]

use std::slice;

/// A plain number: `u8` to `u128`, `i8` to `i128`, `usize`, `isize`, `f32`, `f64`. Its lists travel as they lie in memory.
///
/// The trait is implemented for these and for nothing else. A list of a type of your own that has no padding, such as a pixel or
/// `[f32; 4]`, is a list of numbers too: `bytemuck::cast_slice` sees it as one, and back, without a copy.
///
/// # Examples
/// ```
/// use concurrent_object::Shared;
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let points = [[0.5_f32, 1.0, 1.5, 2.0]; 1000];
///     let shared = Shared::<[f32]>::new(bytemuck::cast_slice(&points))?;
///     let seen: &[[f32; 4]] = bytemuck::cast_slice(&shared);
///     assert_eq!(seen, points);
///     Ok(())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no plain number, so its lists do not travel as they lie in memory",
    label = "this must be a number: `u8` to `u128`, `i8` to `i128`, `usize`, `isize`, `f32` or `f64`",
    note = "pass a list of a type without padding as numbers: `bytemuck::cast_slice` sees it as `&[f32]` or `&[u8]`, without a copy"
)]
pub trait Plain: sealed::Sealed + Copy + Send + Sync + 'static {}

mod sealed {
    /// Nobody else can implement it.
    ///
    /// # Safety
    /// Every bit pattern must be a value of the type, and the type must have no padding and a size other than zero.
    pub unsafe trait Sealed {}
}

macro_rules! plain {
    ($($number:ty)*) => {$(
        // SAFETY: a primitive number has no padding, and every bit pattern of it is a value.
        unsafe impl sealed::Sealed for $number {}
        impl Plain for $number {}
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
