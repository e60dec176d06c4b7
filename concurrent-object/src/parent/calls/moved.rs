//! Where a call is that another object has taken over.
//!
//! Knows the other object only as a reference, and the call's key there.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::key::CallKey;

/// The object that has the call now, and the call's key there.
#[derive(Clone)]
pub(crate) struct MovedTo {
    /// Behind `Any`, because calls know no objects.
    object: Arc<dyn Any + Send + Sync>,
    pub(crate) key: CallKey,
}

impl MovedTo {
    pub(crate) fn new<O: Send + Sync + 'static>(object: Arc<O>, key: CallKey) -> Self {
        Self { object, key }
    }

    /// Returns the object that has the call now.
    pub(crate) fn object<O: Send + Sync + 'static>(&self) -> Arc<O> {
        self.object.clone().downcast().expect("calls move between objects")
    }
}

impl fmt::Debug for MovedTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MovedTo").field("call", &self.key.call).finish_non_exhaustive()
    }
}
