//! What is reported of an end, and to whom.

use std::fmt;
use std::sync::Arc;

use super::backend::Backend;
use super::end::End;
use crate::error::Death;

/// How an object's life is reported.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) on_death: Option<DeathHook>,
}

/// What the builder says is to be done about a death.
#[derive(Clone)]
pub(crate) struct DeathHook(pub(crate) Arc<dyn Fn(&Death) + Send + Sync>);

/// An object has ended; the death, unless it was asked for, or the constructor has said in good order why there is no object.
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
