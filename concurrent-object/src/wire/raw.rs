//! Finds out, inside generic code, whether a type has a special form in a message.
//!
//! Problem: serde calls generic functions of this crate, such as `serialize_some<T>` and
//! `deserialize_seq<V>`. Plain lists, `Shared` and paths need another form than their `Serialize`
//! writes. Stable Rust has no specialization, and `TypeId::of::<T>()` needs `T: 'static`, which
//! serde does not demand.
//!
//! Way: `typeid` returns the id of a type with its lifetimes erased. Where two ids are equal,
//! [`cast`] reads the value as a value of the other type: a checked downcast without `Any`. Erasure
//! is the danger: `&'a Path` and `&'static Path` have the same id. So one of the two types must
//! name no lifetime ([`Timeless`]), or the result is shortened to a borrow that is known to be
//! valid. The optimising compiler decides each comparison at compile time.
//!
//! Knows types and their memory; must not know messages. The only unsafe code of `wire` is here, in
//! `path` and in `declared`.
//!
//! Invariant: equal ids mean equal types, except for lifetimes.

#![allow(unsafe_code)]

mod declared;
mod derived;
mod path;
mod probe;

use std::any::TypeId;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::slice;
use std::str::{self, Utf8Error};
use std::sync::Arc;

use serde::de::{self, Visitor};

pub(super) use self::declared::Declared;
pub use self::declared::declare;
pub(crate) use self::declared::{prepare, undeclared};
pub(super) use self::derived::{VisitorOrigin, derived_visitor};
pub(super) use self::path::{is_path_visitor, path_of, visit_path};
use self::probe::is_visitor_of;
use super::DecodeError;
use super::kind::Kind;
use super::list::Bytes;
use crate::memory::plain::{Plain, bytes_of};
use crate::shared::Shared;
use crate::shared::travel::SharedVisitor;

/// A type that names no lifetime.
///
/// # Safety
/// No lifetime may occur in the type: [`cast`] and [`cast_ref`] could extend it.
pub(super) unsafe trait Timeless: 'static {}

macro_rules! timeless {
    ($($type:ty),*) => {$(
        // SAFETY: the type is spelled out here, and no lifetime occurs in it.
        unsafe impl Timeless for $type {}
    )*};
}
timeless! { (), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64 }
timeless! { Path, PathBuf, OsStr, OsString, CStr, CString }
// SAFETY: `T` is timeless, and `Vec` adds no lifetime.
unsafe impl<T: Timeless> Timeless for Vec<T> {}
// SAFETY: `T` is timeless, and `Box` adds no lifetime.
unsafe impl<T: Timeless + ?Sized> Timeless for Box<T> {}
// SAFETY: `T` is timeless, and `Rc` adds no lifetime.
unsafe impl<T: Timeless + ?Sized> Timeless for Rc<T> {}
// SAFETY: `T` is timeless, and `Arc` adds no lifetime.
unsafe impl<T: Timeless + ?Sized> Timeless for Arc<T> {}
// SAFETY: `T` is timeless, and neither `Shared` nor a slice adds a lifetime.
unsafe impl<T: Timeless> Timeless for Shared<[T]> {}

/// Returns `value` as a `To`, if `From` and `To` are the same type.
#[inline(always)]
pub(super) fn cast<From: Timeless, To>(value: From) -> Option<To> {
    if typeid::of::<From>() != typeid::of::<To>() {
        return None;
    }
    let value = ManuallyDrop::new(value);
    // SAFETY: `To` is `From`: their ids are equal, as checked above, and `From` names no lifetime
    // in which they could differ. `ManuallyDrop` keeps the original from being dropped a second
    // time.
    Some(unsafe { (&raw const value).cast::<To>().read() })
}

/// Returns `value` as a `&To`, if `From` and `To` are the same type.
#[inline(always)]
pub(super) fn cast_ref<'x, From: ?Sized, To: Timeless + ?Sized>(value: &'x From) -> Option<&'x To> {
    if typeid::of::<From>() != typeid::of::<To>() {
        return None;
    }
    // SAFETY: `From` is `To`: their ids are equal, as checked above, and `To` names no lifetime in
    // which they could differ. So `&From` and `&To` have the same layout.
    Some(unsafe { (&raw const value).cast::<&'x To>().read() })
}

macro_rules! plain_kinds {
    ($($number:ident: $kind:expr,)*) => {
        /// Returns the kind of a plain number, a `bool` or a declared type; `None` for every other
        /// type.
        #[inline(always)]
        pub(super) fn kind_of<T>() -> Option<Kind> {
            kind_of_scalar::<T>().or_else(|| Declared::of_reference::<&T>().map(Kind::Declared))
        }

        /// Returns the kind of a plain number or a `bool`; `None` for every other type.
        #[inline(always)]
        pub(super) fn kind_of_scalar<T: ?Sized>() -> Option<Kind> {
            let id = typeid::of::<T>();
            $(if id == TypeId::of::<$number>() {
                return Some($kind);
            })*
            (id == TypeId::of::<bool>()).then_some(Kind::Bool)
        }

        /// Returns the bytes of a `&Vec` or `&[_]` of plain values. `Serializer::collect_seq` gets
        /// a list as one of these two types.
        #[inline(always)]
        pub(super) fn plain_list<I: IntoIterator>(list: &I) -> Option<(Kind, &[u8])> {
            $(if let Some(elements) = elements::<I, $number>(list) {
                return Some(($kind, bytes_of(elements)));
            })*
            if let Some(truths) = elements::<I, bool>(list) {
                return Some((Kind::Bool, bytes_of_truths(truths)));
            }
            let declared = Declared::of_reference::<I::Item>()?;
            Some((Kind::Declared(declared), declared.bytes_of(list)?))
        }

        /// Whether the type is a slice, a boxed slice or a `Vec` of plain numbers or `bool`s.
        #[inline(always)]
        pub(super) fn is_plain_list<T: ?Sized>() -> bool {
            let id = typeid::of::<T>();
            $(id == TypeId::of::<[$number]>() || id == TypeId::of::<Vec<$number>>() || id == TypeId::of::<Box<[$number]>>() ||)*
            id == TypeId::of::<[bool]>() || id == TypeId::of::<Vec<bool>>() || id == TypeId::of::<Box<[bool]>>()
        }

        /// Builds the whole list, if the visitor is serde's own for a `Vec` of such numbers, or
        /// this crate's for a `Shared` list.
        ///
        /// A visitor of the user is never bypassed, even if it builds the same type: it may change
        /// the elements.
        #[inline(always)]
        pub(super) fn visit_whole<'de, V: Visitor<'de>>(
            kind: Kind,
            bytes: Bytes<'de>,
        ) -> Result<Option<V::Value>, Box<DecodeError>> {
            $(if kind.reads_as($kind) {
                if is_visitor_of::<Vec<$number>, V>() {
                    return Ok(bytes.to_vec()?.and_then(cast::<Vec<$number>, V::Value>));
                }
                if typeid::of::<V>() == TypeId::of::<SharedVisitor<$number>>() {
                    return Ok(cast::<Shared<[$number]>, V::Value>(share(bytes)?));
                }
            })*
            if kind == Kind::Bool && is_visitor_of::<Vec<bool>, V>() {
                return Ok(cast::<Vec<bool>, V::Value>(truths(bytes)?));
            }
            match kind {
                Kind::Declared(declared) => declared.visit_whole::<V>(bytes),
                _ => Ok(None),
            }
        }
    };
}

const USIZE: Kind = if usize::BITS == 64 { Kind::U64 } else { Kind::U32 };
const ISIZE: Kind = if usize::BITS == 64 { Kind::I64 } else { Kind::I32 };

plain_kinds! {
    u8: Kind::U8,
    u16: Kind::U16,
    u32: Kind::U32,
    u64: Kind::U64,
    u128: Kind::U128,
    usize: USIZE,
    i8: Kind::I8,
    i16: Kind::I16,
    i32: Kind::I32,
    i64: Kind::I64,
    i128: Kind::I128,
    isize: ISIZE,
    f32: Kind::F32,
    f64: Kind::F64,
}

/// Returns a list of `bool`s as bytes.
fn bytes_of_truths(truths: &[bool]) -> &[u8] {
    // SAFETY: a `bool` is one initialised byte, and the result borrows `truths` for its whole
    // lifetime.
    unsafe { slice::from_raw_parts(truths.as_ptr().cast(), truths.len()) }
}

/// Copies a list of `bool`s out, and checks that each byte is 0 or 1.
fn truths(bytes: Bytes<'_>) -> Result<Vec<bool>, Box<DecodeError>> {
    let bytes: Vec<u8> = bytes.to_vec()?.unwrap_or_default();
    if !are_truths(&bytes) {
        return Err(DecodeError::malformed("a byte in a list of `bool`s is neither 0 nor 1"));
    }
    Ok(bytes.into_iter().map(|byte| byte == 1).collect())
}

fn are_truths(bytes: &[u8]) -> bool {
    // The loop does not stop early, so that the compiler can compare many bytes at once.
    bytes.iter().fold(0, |all, byte| all | byte) <= 1
}

/// Returns `bytes` as a list of `T`, if `T` is of this kind and the bytes are aligned for it.
pub(super) fn borrow<T>(kind: Kind, bytes: &[u8]) -> Option<&[T]> {
    let base = bytes.as_ptr().cast::<T>();
    if !kind.reads_as(kind_of::<T>()?) || !base.is_aligned() || !bytes.len().is_multiple_of(size_of::<T>()) {
        return None;
    }
    if kind == Kind::Bool && !are_truths(bytes) {
        return None;
    }
    // SAFETY: `kind_of::<T>()` is some kind, so `T` is a plain number, a declared type, or `bool`.
    // For the first two, `Plain` says that every bit pattern is a value. For `bool`, every byte is
    // 0 or 1, as checked above. The bytes are aligned and whole elements, as checked above, and the
    // result borrows them.
    Some(unsafe { slice::from_raw_parts(base, bytes.len() / size_of::<T>()) })
}

/// Returns bytes as text, if they are UTF-8.
///
/// Most texts in messages are short and ASCII, field names above all. The standard library checks
/// short texts byte by byte, so this function tests for ASCII first.
#[inline]
pub(super) fn text(bytes: &[u8]) -> Result<&str, Utf8Error> {
    if !bytes.is_ascii() {
        return str::from_utf8(bytes);
    }
    // SAFETY: every byte is ASCII, checked above, and ASCII is UTF-8.
    Ok(unsafe { str::from_utf8_unchecked(bytes) })
}

/// Whether lists of the type are sent as their bytes in memory.
pub(crate) fn is_declared<T: Plain>() -> bool {
    kind_of::<T>().is_some()
}

/// Builds a `Shared` list: a part of its file, or a copy if the list came without a file.
fn share<T: Plain>(bytes: Bytes<'_>) -> Result<Shared<[T]>, Box<DecodeError>> {
    let not_whole = || DecodeError::malformed("a part of shared memory is misaligned, or ends inside an element");
    if let Bytes::Shared(part) = bytes {
        return Shared::of_file(part.file.clone(), part.offset, part.bytes.len()).ok_or_else(not_whole);
    }
    let numbers: Vec<T> = bytes.to_vec()?.ok_or_else(not_whole)?;
    Shared::new(&numbers).map_err(de::Error::custom)
}

/// Returns the elements of `list`, if it is a `&Vec<T>` or a `&[T]`.
#[inline(always)]
fn elements<I, T: Timeless>(list: &I) -> Option<&[T]> {
    if typeid::of::<I>() == typeid::of::<&Vec<T>>() {
        let list = (&raw const *list).cast::<&Vec<T>>();
        // SAFETY: `I` is a `&Vec<T>`: the ids are equal, and `T` names no lifetime. The reference
        // in `list` outlives the borrow of `list`, to which the result is shortened.
        return Some(unsafe { *list });
    }
    if typeid::of::<I>() == typeid::of::<&[T]>() {
        let list = (&raw const *list).cast::<&[T]>();
        // SAFETY: `I` is a `&[T]`: the ids are equal, and `T` names no lifetime. The reference in
        // `list` outlives the borrow of `list`, to which the result is shortened.
        return Some(unsafe { *list });
    }
    None
}
