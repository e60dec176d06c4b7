//! The problem with a handle to an object that a child keeps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a handle cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum HandleProblem {
    /// The object behind it was in a process that has ended. A restart does not bring it back.
    Stale,
    /// The same call uses the object twice, and one of the two changes or takes it.
    InUse,
    /// An object that borrows from it, a *view*, still has a handle. As with a `RefCell`, calls
    /// with `&mut self` and `self` are refused while a view of `&self` exists, and all calls while
    /// a view of `&mut self` exists. Drop the handle of the view, and call again.
    #[non_exhaustive]
    Borrowed {
        /// The name of the view's type.
        view: String,
    },
    /// The child keeps as many objects for handles as it may, or as many views as may borrow each
    /// from the one before.
    TooMany,
}

impl fmt::Display for HandleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Stale => {
                "the handle is stale: the process that kept its object has ended; get another handle from the object"
            }
            Self::InUse => "the call uses one handle twice, and the method changes or takes the object behind it",
            Self::Borrowed { view } => {
                return write!(
                    f,
                    "the object is still borrowed by a `{view}`, which has a handle; drop that handle, and call again"
                );
            }
            Self::TooMany => {
                "the child keeps too many objects for handles, or views of views; drop handles that are not needed"
            }
        };
        f.write_str(text)
    }
}
