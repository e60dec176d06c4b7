//! The limits of time of one call, on its way to the program that holds its object.
//!
//! Knows durations and no clock: two machines have no common one. Invariant: a limit counts from
//! the moment at which that program gets it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is left of the limits of a call. The program that holds the object enforces them, also
/// while the connection is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallLimits {
    /// How long it may wait until its method begins.
    pub wait: Option<Duration>,
    /// How long its method may run.
    pub run: Option<Duration>,
}

impl CallLimits {
    /// Creates them from both parts.
    #[must_use]
    pub fn new(wait: Option<Duration>, run: Option<Duration>) -> Self {
        Self { wait, run }
    }

    pub(crate) fn are_set(&self) -> bool {
        self.wait.is_some() || self.run.is_some()
    }
}
