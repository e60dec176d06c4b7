//! Why an object ended, and the errors that follow from it.
//!
//! Knows deaths and start errors; knows no process and no call.

use std::sync::Arc;

use crate::error::{CallError, CallInfo, Death, StartError};

/// Why an object ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Died(Arc<Death>),
    NotConstructed(Arc<StartError>),
    Requested,
    Broken(Arc<str>),
    /// It died more often than its restart policy allows.
    Exhausted {
        count: u32,
        last: Arc<Death>,
    },
}

impl End {
    pub(crate) fn error(&self, info: Box<CallInfo>) -> CallError {
        match self {
            Self::Died(death) => match &death.lost {
                Some(lost) => CallError::Lost { lost: Box::new(lost.clone()), info },
                None => CallError::Died { death: death.clone(), info },
            },
            Self::NotConstructed(reason) => CallError::NotConstructed { reason: reason.clone(), info },
            Self::Requested => CallError::Ended { info },
            Self::Broken(reason) => CallError::Protocol { reason: reason.to_string(), info },
            Self::Exhausted { count, last } => CallError::RestartsExhausted { count: *count, last: last.clone(), info },
        }
    }

    /// Returns why the object is not ready, and never will be.
    pub(crate) fn start_error(&self) -> StartError {
        match self {
            Self::Died(death) => StartError::Died { death: death.clone() },
            Self::NotConstructed(reason) => StartError::clone(reason),
            Self::Requested => StartError::Ended,
            Self::Broken(reason) => StartError::Bootstrap { reason: reason.to_string() },
            Self::Exhausted { count, last } => StartError::RestartsExhausted { count: *count, last: last.clone() },
        }
    }
}
