//! Why the other side does not start an object.
//!
//! Knows texts. Invariant: what the caller can do about it survives the way there and back.

use serde::{Deserialize, Serialize};

use crate::error::StartError;
use crate::protocol::failure::shortened;

/// Why an object is not started, in a form that goes to another program. It converts into the
/// [`StartError`] that the proxy returns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Refusal {
    /// No machine can hold the object now, and later one may: [`StartError::NoHost`].
    NoHost(String),
    /// The machines have another build of the program: [`StartError::VersionSkew`].
    VersionSkew {
        /// The build of the proxy's program.
        ours: String,
        /// The build of the other program.
        seen: String,
    },
    /// The machine does not allow it: [`StartError::Denied`].
    Denied(String),
    /// Any other reason: [`StartError::Bootstrap`].
    Other(String),
}

impl From<Refusal> for StartError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoHost(reason) => Self::NoHost { reason: shortened(reason) },
            Refusal::VersionSkew { ours, seen } => Self::VersionSkew { ours: shortened(ours), seen: shortened(seen) },
            Refusal::Denied(reason) => Self::Denied { reason: shortened(reason) },
            Refusal::Other(reason) => Self::Bootstrap { reason: shortened(reason) },
        }
    }
}

impl From<&StartError> for Refusal {
    fn from(error: &StartError) -> Self {
        match error {
            StartError::NoHost { reason } => Self::NoHost(reason.clone()),
            StartError::VersionSkew { ours, seen } => Self::VersionSkew { ours: ours.clone(), seen: seen.clone() },
            StartError::Denied { reason } => Self::Denied(reason.clone()),
            other => Self::Other(other.to_string()),
        }
    }
}
