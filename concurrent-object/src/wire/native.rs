//! The fields of repeated structs whose values are native bytes instead of MessagePack.
//!
//! Only kinds are native whose bytes are never more than their MessagePack: `u8`, `i8`, `bool`,
//! `f32` and `f64`. So no message grows. The static type of a field decides. `Option<u8>` is not
//! native, nor is a field with `serialize_with`.
//!
//! Knows kinds and their bytes; must not know structs.
//!
//! Invariant: a native value takes at least one byte.

use super::kind::Kind;
use super::{pack, raw};

/// The code of a field that is not native.
pub(super) const NONE: u8 = 0;

const U8: u8 = 1;
const I8: u8 = 2;
const BOOL: u8 = 3;
const F32: u8 = 4;
const F64: u8 = 5;

/// Returns the native code of a field of type `T`. The compiler decides it.
#[inline]
pub(super) fn code_of<T: ?Sized>() -> u8 {
    match raw::kind_of_scalar::<T>() {
        Some(Kind::U8) => U8,
        Some(Kind::I8) => I8,
        Some(Kind::Bool) => BOOL,
        Some(Kind::F32) => F32,
        Some(Kind::F64) => F64,
        _ => NONE,
    }
}

/// Returns the kind of a code in a message. `None` if it is [`NONE`], or unknown.
#[inline]
pub(super) fn kind_of_code(code: u8) -> Option<Kind> {
    match code {
        U8 => Some(Kind::U8),
        I8 => Some(Kind::I8),
        BOOL => Some(Kind::Bool),
        F32 => Some(Kind::F32),
        F64 => Some(Kind::F64),
        _ => None,
    }
}

/// Returns the size of the native value; 0 if the field is not native.
#[inline]
pub(super) fn size_of_code(code: u8) -> usize {
    match code {
        U8 | I8 | BOOL => 1,
        F32 => 4,
        F64 => 8,
        _ => 0,
    }
}

/// Whether a message may contain this code.
pub(super) fn is_code(code: u8) -> bool {
    code <= F64
}

/// Writes the bytes of a native value over those at `at`. Writes nothing if the message has been
/// discarded because it is too large.
#[inline]
pub(super) fn put<T: ?Sized>(value: &T, out: &mut [u8], at: usize) {
    macro_rules! scalars {
        ($($scalar:ty)*) => {$(
            if let Some(scalar) = raw::cast_ref::<T, $scalar>(value) {
                return overwrite(out, at, &scalar.to_ne_bytes());
            }
        )*};
    }
    scalars! { u8 i8 f32 f64 }
    if let Some(truth) = raw::cast_ref::<T, bool>(value) {
        overwrite(out, at, &[u8::from(*truth)]);
    }
}

#[inline]
fn overwrite<const N: usize>(out: &mut [u8], at: usize, bytes: &[u8; N]) {
    if let Some(room) = out.get_mut(at..at + N) {
        room.copy_from_slice(bytes);
    }
}

/// Takes a native value off the front of `natives`, and writes it as MessagePack.
pub(super) fn unpack(code: u8, natives: &mut &[u8], out: &mut Vec<u8>) {
    match code {
        U8 => pack::write_unsigned(out, u8::from_ne_bytes(take(natives)).into()),
        I8 => pack::write_signed(out, i8::from_ne_bytes(take(natives)).into()),
        BOOL => pack::write_bool(out, take(natives) != [0]),
        F32 => pack::write_f32(out, f32::from_ne_bytes(take(natives))),
        F64 => pack::write_f64(out, f64::from_ne_bytes(take(natives))),
        _ => {}
    }
}

fn take<const N: usize>(natives: &mut &[u8]) -> [u8; N] {
    let (taken, rest) = natives.split_first_chunk().expect("the struct has room for its native values");
    *natives = rest;
    *taken
}
