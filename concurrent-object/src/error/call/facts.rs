//! What every error of a call says: which call it concerns, and whether the object has ended.
//!
//! Knows the variants. Invariant: each variant is listed, so a new one is not forgotten here.

use super::CallError;
use crate::error::{CallId, CallInfo, Started};

impl CallError {
    /// Whether the object has ended, so that every later call fails too. False for an object that
    /// died and is restarted.
    #[must_use]
    pub fn object_gone(&self) -> bool {
        match self {
            _ if self.info().lives_on || self.info().is_left_behind => self.info().is_left_behind,
            Self::TimedOut { killed, .. } | Self::Cancelled { killed, .. } => *killed,
            Self::Panicked { .. }
            | Self::TooLarge { .. }
            | Self::Encode { .. }
            | Self::Decode { .. }
            | Self::NotSaved { .. }
            | Self::Handle { .. }
            | Self::Elsewhere { .. }
            | Self::Restarting { .. }
            | Self::AlreadyTaken { .. } => false,
            Self::Died { .. }
            | Self::Lost { .. }
            | Self::NotConstructed { .. }
            | Self::Ended { .. }
            | Self::RestartsExhausted { .. }
            | Self::Protocol { .. }
            | Self::ForkedCopy { .. } => true,
        }
    }

    /// Returns the method's name, or `None` if the error does not concern one call.
    #[must_use]
    pub fn method(&self) -> Option<&'static str> {
        self.info().method
    }

    /// Returns the call's number, or `None` if the call was refused before it got one.
    #[must_use]
    pub fn call(&self) -> Option<CallId> {
        self.info().call
    }

    /// Returns whether the method had started.
    #[must_use]
    pub fn started(&self) -> Started {
        self.info().started
    }

    /// Returns the object, process, method and call that the error concerns.
    #[must_use]
    pub fn info(&self) -> &CallInfo {
        match self {
            Self::Panicked { info, .. }
            | Self::Died { info, .. }
            | Self::Lost { info, .. }
            | Self::NotConstructed { info, .. }
            | Self::Ended { info }
            | Self::TooLarge { info, .. }
            | Self::Encode { info, .. }
            | Self::Decode { info, .. }
            | Self::NotSaved { info, .. }
            | Self::Handle { info, .. }
            | Self::Elsewhere { info, .. }
            | Self::TimedOut { info, .. }
            | Self::Cancelled { info, .. }
            | Self::RestartsExhausted { info, .. }
            | Self::Restarting { info, .. }
            | Self::Protocol { info, .. }
            | Self::AlreadyTaken { info }
            | Self::ForkedCopy { info } => info,
        }
    }
}
