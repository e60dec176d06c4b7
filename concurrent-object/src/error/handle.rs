//! The problem with a handle to an object that a child keeps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a handle cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum HandleProblem {
    /// The object behind it was in a process that has ended. A restart does not bring it back.
    Stale,
    /// The same call uses the object twice, and one of the two changes or takes it.
    InUse,
    /// The child keeps as many objects for handles as it may.
    TooMany,
}

impl fmt::Display for HandleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stale => {
                "the handle is stale: the process that kept its object has ended; get another handle from the object"
            }
            Self::InUse => "the call uses one handle twice, and the method changes or takes the object behind it",
            Self::TooMany => "the child keeps too many objects for handles; drop handles that are not needed",
        })
    }
}
