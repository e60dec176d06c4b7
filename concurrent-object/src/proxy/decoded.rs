//! The object whose result a thread decodes, so that handles in the result belong to it.
//!
//! Problem: serde gives a `Deserialize` no context. Way: a thread-local that is set while a result
//! is decoded. Knows objects, not results. Invariant: what was set before is set again afterwards.

use std::cell::RefCell;
use std::sync::Arc;

use crate::parent::object::Object;

thread_local! {
    /// The object whose result this thread decodes.
    static DECODED: RefCell<Option<Arc<Object>>> = const { RefCell::new(None) };
}

/// While it exists, handles that this thread decodes belong to the object.
pub(crate) struct DecodedObject(Option<Arc<Object>>);

impl DecodedObject {
    pub(crate) fn enter(object: &Object) -> Self {
        Self(DECODED.replace(object.me.upgrade()))
    }
}

impl Drop for DecodedObject {
    fn drop(&mut self) {
        drop(DECODED.replace(self.0.take()));
    }
}

/// Returns the object whose result this thread decodes.
pub(crate) fn decoded_object() -> Option<Arc<Object>> {
    DECODED.with_borrow(Option::clone)
}
