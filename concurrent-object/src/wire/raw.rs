//! Sees through generic types: which of the types with a form of their own, if any, is this one?
//!
//! Knows types and their memory; knows no message. The only unsafe code of `wire` is here and in `path`. All of it rests on one fact: `typeid`
//! tells types apart except for their lifetimes, so for a type without lifetimes equality means the very same type. In
//! optimised code each of these questions is answered at compile time.

#![allow(unsafe_code)]

mod declared;
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
/// No lifetime may occur in the type: one that did could be stretched by [`cast`] and [`cast_ref`].
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

/// `value` under the type's other name, if `To` is `From`.
#[inline(always)]
pub(super) fn cast<From: Timeless, To>(value: From) -> Option<To> {
    if typeid::of::<From>() != typeid::of::<To>() {
        return None;
    }
    let value = ManuallyDrop::new(value);
    // SAFETY: `To` is `From`: their ids are equal, and `From` names no lifetime in which they could differ. The original
    // is never dropped.
    Some(unsafe { (&raw const value).cast::<To>().read() })
}

/// The same for a reference, the other way round.
#[inline(always)]
pub(super) fn cast_ref<'x, From: ?Sized, To: Timeless + ?Sized>(value: &'x From) -> Option<&'x To> {
    if typeid::of::<From>() != typeid::of::<To>() {
        return None;
    }
    // SAFETY: `From` is `To`: their ids are equal, and `To` names no lifetime in which they could differ.
    Some(unsafe { (&raw const value).cast::<&'x To>().read() })
}

macro_rules! plain_kinds {
    ($($number:ident: $kind:expr,)*) => {
        /// The kind of a plain number, a `bool` or a declared type; `None` for every other type.
        #[inline(always)]
        pub(super) fn kind_of<T>() -> Option<Kind> {
            $(if typeid::of::<T>() == TypeId::of::<$number>() {
                return Some($kind);
            })*
            if typeid::of::<T>() == TypeId::of::<bool>() {
                return Some(Kind::Bool);
            }
            Declared::of_reference::<&T>().map(Kind::Declared)
        }

        /// The bytes of a `&Vec` or `&[_]` of plain values, which is what `Serializer::collect_seq` is shown of one.
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

        /// Whether the type is a slice, a boxed slice or a `Vec` of plain numbers.
        #[inline(always)]
        pub(super) fn is_plain_list<T: ?Sized>() -> bool {
            let id = typeid::of::<T>();
            $(id == TypeId::of::<[$number]>() || id == TypeId::of::<Vec<$number>>() || id == TypeId::of::<Box<[$number]>>() ||)*
            id == TypeId::of::<[bool]>() || id == TypeId::of::<Vec<bool>>() || id == TypeId::of::<Box<[bool]>>()
        }

        /// The whole list, if the visitor is serde's own for a `Vec` of such numbers, or ours for what is shared.
        ///
        /// A visitor of somebody else is never bypassed, even if it makes the same type: it may do something else.
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

/// The bytes of a list of truth values.
fn bytes_of_truths(truths: &[bool]) -> &[u8] {
    // SAFETY: a `bool` is one byte, and initialised; the slice is borrowed for as long.
    unsafe { slice::from_raw_parts(truths.as_ptr().cast(), truths.len()) }
}

/// A list of truth values, each of which is 0 or 1.
fn truths(bytes: Bytes<'_>) -> Result<Vec<bool>, Box<DecodeError>> {
    let bytes: Vec<u8> = bytes.to_vec()?.unwrap_or_default();
    if !are_truths(&bytes) {
        return Err(DecodeError::malformed("a list of truth values has one that is none"));
    }
    Ok(bytes.into_iter().map(|byte| byte == 1).collect())
}

fn are_truths(bytes: &[u8]) -> bool {
    // No early end, so that many are compared at once.
    bytes.iter().fold(0, |all, byte| all | byte) <= 1
}

/// `bytes` as a list of `T`, if `T` is of this kind, and they lie aligned for it.
pub(super) fn borrow<T>(kind: Kind, bytes: &[u8]) -> Option<&[T]> {
    let base = bytes.as_ptr().cast::<T>();
    if !kind.reads_as(kind_of::<T>()?) || !base.is_aligned() || !bytes.len().is_multiple_of(size_of::<T>()) {
        return None;
    }
    if kind == Kind::Bool && !are_truths(bytes) {
        return None;
    }
    // SAFETY: `T` is a plain number or was declared, which needs `Plain`: every bit pattern is a value. Or it is `bool`, and every
    // byte is 0 or 1. The bytes are borrowed for as long as the result, aligned, and whole elements, as checked above.
    Some(unsafe { slice::from_raw_parts(base, bytes.len() / size_of::<T>()) })
}

/// Bytes as text, if they are UTF-8.
///
/// Most texts in messages are short and ASCII, names of fields above all; the standard library goes through short ones byte by
/// byte.
#[inline]
pub(super) fn text(bytes: &[u8]) -> Result<&str, Utf8Error> {
    if !bytes.is_ascii() {
        return str::from_utf8(bytes);
    }
    // SAFETY: every byte is ASCII, checked above, and ASCII is UTF-8.
    Ok(unsafe { str::from_utf8_unchecked(bytes) })
}

/// Whether lists of the type travel as they lie in memory.
pub(crate) fn is_declared<T: Plain>() -> bool {
    kind_of::<T>().is_some()
}

/// The list as what is shared: a part of its file, or if it came without one, a copy.
fn share<T: Plain>(bytes: Bytes<'_>) -> Result<Shared<[T]>, Box<DecodeError>> {
    let not_whole = || DecodeError::malformed("a part of shared memory does not begin or end with a number");
    if let Bytes::Shared(part) = bytes {
        return Shared::of_file(part.file.clone(), part.offset, part.bytes.len()).ok_or_else(not_whole);
    }
    let numbers: Vec<T> = bytes.to_vec()?.ok_or_else(not_whole)?;
    Shared::new(&numbers).map_err(de::Error::custom)
}

/// The elements of `list`, if it is a `&Vec<T>` or a `&[T]`.
#[inline(always)]
fn elements<I, T: Timeless>(list: &I) -> Option<&[T]> {
    if typeid::of::<I>() == typeid::of::<&Vec<T>>() {
        let list = (&raw const *list).cast::<&Vec<T>>();
        // SAFETY: `I` is a `&Vec<T>`, whose own lifetime is at least that of the borrow of `list`, to which it is cut.
        return Some(unsafe { *list });
    }
    if typeid::of::<I>() == typeid::of::<&[T]>() {
        let list = (&raw const *list).cast::<&[T]>();
        // SAFETY: `I` is a `&[T]`, whose own lifetime is at least that of the borrow of `list`, to which it is cut.
        return Some(unsafe { *list });
    }
    None
}
