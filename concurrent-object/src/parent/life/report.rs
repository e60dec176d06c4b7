//! What the parent reports when an object has ended, and the user's hook for it.
//!
//! Knows the hook; does not call it.

use std::fmt;
use std::sync::Arc;

use super::backend::Backend;
use super::end::End;
use crate::error::Death;

/// How an object's death is reported.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) on_death: Option<DeathHook>,
}

/// The hook that the builder sets for deaths.
#[derive(Clone)]
pub(crate) struct DeathHook(pub(crate) Arc<dyn Fn(&Death) + Send + Sync>);

/// An object has ended. `death` is `None` if the user asked for the end, or if the constructor
/// returned an error.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) end: End,
    pub(crate) backend: Backend,
    pub(crate) death: Option<Arc<Death>>,
}

impl DeathHook {
    pub(crate) fn new(hook: impl Fn(&Death) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }
}

impl fmt::Debug for DeathHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeathHook")
    }
}
