//! A handle to an object that a child keeps: an object that a method returned.
//!
//! Knows keys, not types: the generated handle types wrap it. Invariant: the last clone that is
//! dropped releases the object, without blocking.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Handle;
use super::call::{Reached, Target};
use super::decoded::decoded_object;
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::handle_names::HandleNumbers;
use crate::parent::object::Object;
use crate::protocol::handle_key::HandleKey;

/// A handle to an object that a child keeps. Generated handle types wrap it.
#[derive(Clone)]
pub struct ObjectHandle(Arc<HeldKey>);

struct HeldKey {
    object: Arc<Object>,
    key: HandleKey,
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        if self.object.is_ours() {
            self.object.release_handle(self.key);
        }
    }
}

impl ObjectHandle {
    /// Writes the handle as an argument of a call. The call is refused if the handle belongs to
    /// another object.
    pub fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        if self.belongs_to(arguments) { arguments.put(name, &self.0.key) } else { self.refuse(name, arguments) }
    }

    fn belongs_to(&self, arguments: &mut ArgumentWriter<'_>) -> bool {
        arguments.pin_to(self.0.object.address())
    }

    fn refuse(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        let reason = format!("the handle belongs to another object, `{}`", self.0.object.identity.name);
        arguments.refuse(name, &reason);
    }

    /// Writes a handle that may be absent.
    pub fn put_option<H: AsRef<Self>>(handle: Option<&H>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        match handle.map(AsRef::as_ref) {
            Some(handle) if !handle.belongs_to(arguments) => handle.refuse(name, arguments),
            handle => arguments.put(name, &handle.map(|handle| handle.0.key)),
        }
    }

    /// Returns a handle to the object that keeps this one.
    #[must_use]
    pub fn of_object(&self) -> Handle {
        Handle::new(self.0.object.clone())
    }
}

/// The target of a call on a handle: the handle, and the numbers of its type's methods.
#[derive(Clone, Copy, Debug)]
pub struct HandleTarget<'h>(pub &'h ObjectHandle, pub &'static HandleNumbers);

impl Target for HandleTarget<'_> {
    const IS_LAST: bool = false;

    fn reached(&self) -> Reached<'_> {
        Reached(&self.0.0.object)
    }

    fn number(&self, method: u32) -> u32 {
        self.1.of(method)
    }

    fn begin(&self, method: u32, arguments: &mut ArgumentWriter<'_>) {
        arguments.put("self", &self.0.0.key);
        arguments.put("self", &method);
    }
}

impl<'de> Deserialize<'de> for ObjectHandle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = HandleKey::deserialize(deserializer)?;
        let object = decoded_object();
        let object = object.ok_or_else(|| D::Error::custom("a handle can only be read from the result of a call"))?;
        object.note_handle();
        Ok(Self(Arc::new(HeldKey { object, key })))
    }
}

/// Always fails: a handle is passed as an argument of its own, not inside a value.
impl Serialize for ObjectHandle {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("a handle cannot be sent inside another value; pass it as an argument"))
    }
}

impl fmt::Debug for ObjectHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HeldKey { object, key } = &*self.0;
        f.debug_struct("ObjectHandle").field("object", object).field("index", &key.index).finish_non_exhaustive()
    }
}
