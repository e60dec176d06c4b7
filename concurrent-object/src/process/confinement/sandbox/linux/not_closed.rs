//! Why a part of the sandbox is not closed.

/// The reason, in words for the error of the start.
pub(super) enum NotClosed {
    /// The kernel cannot do it.
    Unsupported(String),
    /// It cannot be done with these values.
    Refused(String),
}
