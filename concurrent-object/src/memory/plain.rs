//! Plain values, and their bytes viewed as values in place.
//!
//! Knows the types of which every bit pattern is a value. Invariant: bytes viewed as values are
//! aligned, and a whole number of values.

use bytemuck::Pod;

/// A plain type: a number, an array of them, or a struct of them without padding.
///
/// It is implemented for all types that implement `Pod` of the crate `bytemuck` (version 1): every
/// bit pattern is a value, and there is no padding. Their lists can lie in memory that processes
/// share: see [`Shared`](crate::Shared) and [`LoanMut`](crate::LoanMut).
///
/// Some lists are sent as the bytes that they have in memory, at the speed of a copy. Their
/// elements are numbers, or `[T; 2]` to `[T; 4]` of `u8`, `u16`, `u32`, `i16`, `i32`, `f32` or
/// `f64`. Any other type must be declared once, with [`plain!`](crate::plain).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no plain type, so its lists do not travel as they lie in memory",
    label = "this must be a number, or have `bytemuck::Pod`",
    note = "if the type is yours, add `bytemuck` with its feature `derive` to your `Cargo.toml`, and to the type `#[repr(C)]` and `#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]`",
    note = "padding is not allowed: order the fields by size, or make it a field, such as `_unused: [u8; 3]`"
)]
pub trait Plain: Pod + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Pod + Send + Sync> Plain for T {}

/// The alignment of a slot's regions and of a message's raw regions.
const MAX_ALIGN: usize = 64;

/// Fails to compile for a type whose lists cannot lie in shared memory.
#[inline(always)]
pub(crate) const fn check_type<T: Plain>() {
    const {
        assert!(size_of::<T>() > 0, "a plain type must not be empty");
        assert!(align_of::<T>() <= MAX_ALIGN, "a plain type must not be aligned to more than 64 bytes");
    }
}

/// Views bytes as values, to read them.
pub(crate) fn as_numbers<T: Plain>(bytes: &[u8]) -> &[T] {
    check_type::<T>();
    bytemuck::cast_slice(bytes)
}

/// Views bytes as values, to write them.
pub(crate) fn as_numbers_mut<T: Plain>(bytes: &mut [u8]) -> &mut [T] {
    check_type::<T>();
    bytemuck::cast_slice_mut(bytes)
}

/// Views values as bytes.
pub(crate) fn bytes_of<T: Plain>(values: &[T]) -> &[u8] {
    bytemuck::cast_slice(values)
}

/// Whether the bytes can be viewed as values: aligned, and a whole number of values.
pub(crate) fn is_whole<T: Plain>(bytes: &[u8]) -> bool {
    bytemuck::try_cast_slice::<u8, T>(bytes).is_ok()
}
