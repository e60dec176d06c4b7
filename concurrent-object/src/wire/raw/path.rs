//! Recognises paths: serde writes them as text and refuses those that are not UTF-8.
//!
//! Knows the types of the standard library that serde writes as a path, and serde's own visitors for them.

#![allow(unsafe_code)]

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use serde::de::Visitor;

use super::probe::is_visitor_of;
use super::{Timeless, cast, cast_ref};

/// What `value` refers to, if it is a reference to a `To`.
#[inline(always)]
fn cast_referred<'x, From: ?Sized, To: Timeless + ?Sized>(value: &'x From) -> Option<&'x To> {
    if typeid::of::<From>() != typeid::of::<&To>() {
        return None;
    }
    // SAFETY: `From` is a `&To`, whose own lifetime is at least that of the borrow of `value`, to which it is cut.
    Some(unsafe { *(&raw const *value).cast::<&'x To>() })
}

/// The same for a reference to a reference, which is what an iterator over references is taken apart into.
#[inline(always)]
fn cast_twice_referred<'x, From: ?Sized, To: Timeless + ?Sized>(value: &'x From) -> Option<&'x To> {
    if typeid::of::<From>() != typeid::of::<&&To>() {
        return None;
    }
    // SAFETY: `From` is a `&&To`, whose own lifetimes are at least that of the borrow of `value`, to which they are cut.
    Some(unsafe { **(&raw const *value).cast::<&'x &'x To>() })
}

/// The path that `value` is, if serde would write it as one: itself, behind a reference, or in one of the standard library's
/// pointers.
#[inline(always)]
pub(in super::super) fn path_of<T: ?Sized>(value: &T) -> Option<&Path> {
    if let Some(path) = cast_ref::<T, Path>(value) {
        return Some(path);
    }
    // Nothing else has such a size. Code without optimizations asks the rest one by one.
    if !matches!(size_of_val(value), 8 | 16 | 24) {
        return None;
    }
    macro_rules! owners {
        ($($owner:ty)*) => {$(
            if let Some(owner) = cast_ref::<T, $owner>(value) {
                return Some(owner);
            }
            if let Some(owner) = cast_referred::<T, $owner>(value) {
                return Some(owner);
            }
            if let Some(owner) = cast_twice_referred::<T, $owner>(value) {
                return Some(owner);
            }
        )*};
    }
    owners! { PathBuf Box<Path> Arc<Path> Rc<Path> Box<PathBuf> Arc<PathBuf> Rc<PathBuf> }
    cast_referred::<T, Path>(value).or_else(|| cast_twice_referred::<T, Path>(value)).or_else(|| cow_of(value))
}

/// The path of a `Cow<Path>`, or of one behind a reference.
#[inline(always)]
fn cow_of<'x, T: ?Sized>(value: &'x T) -> Option<&'x Path> {
    if typeid::of::<T>() == typeid::of::<Cow<'static, Path>>() {
        // SAFETY: `T` is a `Cow<Path>`, whose own lifetime is at least that of the borrow of `value`, to which it is cut.
        return Some(unsafe { &*(&raw const *value).cast::<Cow<'x, Path>>() });
    }
    if typeid::of::<T>() == typeid::of::<&Cow<'static, Path>>() {
        // SAFETY: `T` is a `&Cow<Path>`, whose own lifetimes are at least that of the borrow of `value`, to which they are cut.
        return Some(unsafe { *(&raw const *value).cast::<&'x Cow<'x, Path>>() });
    }
    None
}

/// Whether `V` is what serde's `PathBuf` or `&Path` hands to the deserializer.
#[inline(always)]
pub(in super::super) fn is_path_visitor<'de, V: Visitor<'de>>() -> bool {
    is_visitor_of::<PathBuf, V>() || is_visitor_of::<&'de Path, V>()
}

/// The path of these bytes, which need not be UTF-8, if the visitor is serde's own for a path.
#[inline(always)]
pub(in super::super) fn visit_path<'de, V: Visitor<'de>>(bytes: &'de [u8]) -> Option<V::Value> {
    let path = Path::new(OsStr::from_bytes(bytes));
    if is_visitor_of::<PathBuf, V>() {
        return cast::<PathBuf, V::Value>(path.to_path_buf());
    }
    if !is_visitor_of::<&'de Path, V>() || typeid::of::<V::Value>() != typeid::of::<&Path>() {
        return None;
    }
    // SAFETY: `V` is serde's visitor for borrowed paths, which names no lifetime; as a `Visitor<'de>` it makes `&'de Path`s.
    Some(unsafe { (&raw const path).cast::<V::Value>().read() })
}
