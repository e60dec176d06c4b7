//! A handle without methods, to an object of any type that a child keeps.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Handle;
use super::object_handle::ObjectHandle;

/// A handle to a `T` that an object keeps in its child process. It has no methods of `T`: methods
/// of the object take it as an argument, in place of a `T`, `&T` or `&mut T`.
///
/// The option `opaque(T)` on an impl block lets its methods return such handles. The type needs
/// neither `serde` nor an attribute, so it can come from any crate.
///
/// When the last clone of a handle is dropped, the child drops what is behind it, before the
/// object's next call. After the child has died, every call with the handle is an error.
pub struct OpaqueHandle<T> {
    handle: ObjectHandle,
    /// The handle is `Send` and `Sync` whatever `T` is: no `T` is in this process.
    of: PhantomData<fn() -> T>,
}

impl<T> OpaqueHandle<T> {
    /// Returns a handle to the object that keeps this one: its process, its statistics.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.of_object()
    }
}

impl<T> Clone for OpaqueHandle<T> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone(), of: PhantomData }
    }
}

impl<T> fmt::Debug for OpaqueHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpaqueHandle").field("handle", &self.handle).finish()
    }
}

#[doc(hidden)]
impl<T> AsRef<ObjectHandle> for OpaqueHandle<T> {
    fn as_ref(&self) -> &ObjectHandle {
        &self.handle
    }
}

/// Always fails: a handle is passed as an argument of its own, not inside a value.
impl<T> Serialize for OpaqueHandle<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.handle.serialize(serializer)
    }
}

/// Only succeeds for the result of a call.
impl<'de, T> Deserialize<'de> for OpaqueHandle<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ObjectHandle::deserialize(deserializer).map(|handle| Self { handle, of: PhantomData })
    }
}
