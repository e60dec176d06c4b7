//! How far an object's life has come.

use super::end::End;

/// How far the object's life has come.
#[derive(Clone, Debug)]
pub(crate) enum Life {
    Starting,
    Ready,
    Ended(End),
}
