//! The top-level values that have a form of their own: scalars and system text.
//!
//! Knows types by name (`raw::cast_ref`); must not know structured values.

use std::any::TypeId;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{os_text, raw};

/// Writes the native bytes of a plain scalar. Returns `false` if the value is not one.
#[inline(always)]
pub(super) fn put_scalar<T: ?Sized>(value: &T, out: &mut Vec<u8>) -> bool {
    macro_rules! numbers {
        ($($number:ty)*) => {
            $(if let Some(number) = raw::cast_ref::<T, $number>(value) {
                out.extend_from_slice(&number.to_ne_bytes());
                return true;
            })*
        };
    }
    numbers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }
    if let Some(truth) = raw::cast_ref::<T, bool>(value) {
        out.push(u8::from(*truth));
        return true;
    }
    if let Some(letter) = raw::cast_ref::<T, char>(value) {
        out.extend_from_slice(&u32::from(*letter).to_ne_bytes());
        return true;
    }
    raw::cast_ref::<T, ()>(value).is_some()
}

/// Whether the type is `str` or `String`, whose `Serialize` is serde's own.
#[inline(always)]
pub(super) fn is_text<T: ?Sized>() -> bool {
    let id = typeid::of::<T>();
    id == TypeId::of::<str>() || id == TypeId::of::<String>()
}

/// Returns the bytes of a path, an `OsStr` or a `CStr`, which need not be UTF-8. Those of a `CStr`
/// include the NUL.
#[inline(always)]
pub(super) fn system_text<T: ?Sized>(value: &T) -> Option<&[u8]> {
    let path = raw::cast_ref::<T, Path>(value).or_else(|| raw::cast_ref::<T, PathBuf>(value).map(PathBuf::as_path));
    let text = path
        .map(Path::as_os_str)
        .or_else(|| raw::cast_ref::<T, OsStr>(value))
        .or_else(|| raw::cast_ref::<T, OsString>(value).map(OsString::as_os_str));
    let c_text = raw::cast_ref::<T, CStr>(value).or_else(|| raw::cast_ref::<T, CString>(value).map(CString::as_c_str));
    text.map(os_text::bytes_of).or_else(|| c_text.map(CStr::to_bytes_with_nul))
}
