//! Recognises paths, so that a path that is not UTF-8 can be sent.
//!
//! Problem: serde writes a path as text, and fails for a path that is not UTF-8. The path's
//! `Serialize` belongs to serde and cannot be replaced.
//!
//! Way: the serializer asks [`path_of`] about each value before it calls `serialize`. The reader
//! asks whether the visitor is serde's own for a path ([`is_path_visitor`]). Only such a visitor
//! gets bytes; a visitor of the user never does.
//!
//! Knows the types of the standard library that serde writes as a path, and serde's own visitors
//! for them; must not know messages.
//!
//! Invariant: a returned reference never outlives the borrow of the value that it was found in.

#![allow(unsafe_code)]

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use serde::de::Visitor;

use super::probe::is_visitor_of;
use super::{Timeless, cast, cast_ref};
use crate::wire::os_text::text_of;

/// Returns the target of `value`, if `From` is a `&To`.
#[inline(always)]
fn cast_referred<'x, From: ?Sized, To: Timeless + ?Sized>(value: &'x From) -> Option<&'x To> {
    if typeid::of::<From>() != typeid::of::<&To>() {
        return None;
    }
    // SAFETY: `From` is a `&To`: the ids are equal, and `To` names no lifetime. The reference in
    // `value` outlives the borrow of `value`, to which the result is shortened.
    Some(unsafe { *(&raw const *value).cast::<&'x To>() })
}

/// Returns the target of `value`, if `From` is a `&&To`. An iterator over references yields such
/// values.
#[inline(always)]
fn cast_twice_referred<'x, From: ?Sized, To: Timeless + ?Sized>(value: &'x From) -> Option<&'x To> {
    if typeid::of::<From>() != typeid::of::<&&To>() {
        return None;
    }
    // SAFETY: `From` is a `&&To`: the ids are equal, and `To` names no lifetime. Both references
    // outlive the borrow of `value`, to which the result is shortened.
    Some(unsafe { **(&raw const *value).cast::<&'x &'x To>() })
}

/// Returns the path in `value`, if serde would write `value` as a path: a path itself, behind a
/// reference, or in one of the standard library's pointers.
#[inline(always)]
pub(in super::super) fn path_of<T: ?Sized>(value: &T) -> Option<&Path> {
    if let Some(path) = cast_ref::<T, Path>(value) {
        return Some(path);
    }
    // All types below are 8, 16 or 24 bytes large. The check spares unoptimised code the
    // comparisons.
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

/// Returns the path in a `Cow<Path>`, or in a `&Cow<Path>`.
#[inline(always)]
fn cow_of<'x, T: ?Sized>(value: &'x T) -> Option<&'x Path> {
    if typeid::of::<T>() == typeid::of::<Cow<'static, Path>>() {
        // SAFETY: `T` is a `Cow<Path>`: the ids are equal. Its lifetime outlives the borrow of
        // `value`, to which the result is shortened.
        return Some(unsafe { &*(&raw const *value).cast::<Cow<'x, Path>>() });
    }
    if typeid::of::<T>() == typeid::of::<&Cow<'static, Path>>() {
        // SAFETY: `T` is a `&Cow<Path>`: the ids are equal. Its lifetimes outlive the borrow of
        // `value`, to which the result is shortened.
        return Some(unsafe { *(&raw const *value).cast::<&'x Cow<'x, Path>>() });
    }
    None
}

/// Whether `V` is the visitor that serde's `PathBuf` or `&Path` hands to the deserializer.
#[inline(always)]
pub(in super::super) fn is_path_visitor<'de, V: Visitor<'de>>() -> bool {
    is_visitor_of::<PathBuf, V>() || is_visitor_of::<&'de Path, V>()
}

/// Builds the path from these bytes, which need not be UTF-8, if the visitor is serde's own for a
/// path.
#[inline(always)]
pub(in super::super) fn visit_path<'de, V: Visitor<'de>>(bytes: &'de [u8]) -> Option<V::Value> {
    let path = Path::new(text_of(bytes)?);
    if is_visitor_of::<PathBuf, V>() {
        return cast::<PathBuf, V::Value>(path.to_path_buf());
    }
    if !is_visitor_of::<&'de Path, V>() || typeid::of::<V::Value>() != typeid::of::<&Path>() {
        return None;
    }
    // SAFETY: `V` is serde's visitor for borrowed paths, as checked above, and that type names no
    // lifetime. As a `Visitor<'de>` its value is a `&'de Path`, and `path` borrows `bytes` for
    // `'de`.
    Some(unsafe { (&raw const path).cast::<V::Value>().read() })
}
