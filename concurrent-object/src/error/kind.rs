//! The kinds of errors: what a caller matches on, as `std::io::ErrorKind`. The variants of the errors carry the facts.

use super::{CallError, StartError};

/// What kind of error a [`CallError`] is, by what a caller can do about it.
///
/// # Examples
/// ```
/// use concurrent_object::{CallError, CallErrorKind};
///
/// fn may_be_tried_again(error: &CallError) -> bool {
///     matches!(error.kind(), CallErrorKind::TimedOut | CallErrorKind::Restarting)
/// }
/// # let _ = may_be_tried_again;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallErrorKind {
    /// The method panicked.
    Panicked,
    /// The object's process died, or died once more than it may be restarted.
    Died,
    /// The object is being restarted, and its policy is to refuse calls meanwhile.
    Restarting,
    /// The object was never constructed.
    NotConstructed,
    /// The object was ended on request.
    Ended,
    /// The arguments or the result are larger than the object's limits.
    TooLarge,
    /// The arguments or the result could not be encoded or decoded.
    Codec,
    /// The method has run, and the object's state was not saved.
    NotSaved,
    /// The call took longer than it may.
    TimedOut,
    /// The call was cancelled.
    Cancelled,
    /// The child broke the protocol.
    Protocol,
    /// The result was already taken.
    AlreadyTaken,
    /// This process is a forked copy of the one that started the object.
    ForkedCopy,
}

/// What kind of error a [`StartError`] is, by what a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// The program must call `init()`.
    NotInitialized,
    /// An option of the builder is not possible.
    InvalidOption,
    /// An argument of the constructor could not be passed.
    Argument,
    /// The program, or the environment that it runs in, cannot have objects.
    Unsupported,
    /// The operating system refused something.
    System,
    /// The constructor failed, panicked, or took too long.
    ConstructorFailed,
    /// The process died, or could not begin.
    Died,
    /// The object was ended on request.
    Ended,
    /// The object is not ready yet.
    NotReady,
    /// This process is a forked copy of the one that started the object.
    ForkedCopy,
}

impl CallError {
    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> CallErrorKind {
        match self {
            Self::Panicked { .. } => CallErrorKind::Panicked,
            Self::Died { .. } | Self::RestartsExhausted { .. } => CallErrorKind::Died,
            Self::Restarting { .. } => CallErrorKind::Restarting,
            Self::NotConstructed { .. } => CallErrorKind::NotConstructed,
            Self::Ended { .. } => CallErrorKind::Ended,
            Self::TooLarge { .. } => CallErrorKind::TooLarge,
            Self::Encode { .. } | Self::Decode { .. } => CallErrorKind::Codec,
            Self::NotSaved { .. } => CallErrorKind::NotSaved,
            Self::TimedOut { .. } => CallErrorKind::TimedOut,
            Self::Cancelled { .. } => CallErrorKind::Cancelled,
            Self::Protocol { .. } => CallErrorKind::Protocol,
            Self::AlreadyTaken { .. } => CallErrorKind::AlreadyTaken,
            Self::ForkedCopy { .. } => CallErrorKind::ForkedCopy,
        }
    }
}

impl StartError {
    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> StartErrorKind {
        match self {
            Self::NotInitialized => StartErrorKind::NotInitialized,
            Self::InvalidName { .. }
            | Self::InvalidVariable { .. }
            | Self::InvalidDescriptor { .. }
            | Self::InvalidSize { .. }
            | Self::InvalidStackSize { .. }
            | Self::InvalidTime { .. }
            | Self::InvalidLayout { .. }
            | Self::SizesNeeded => StartErrorKind::InvalidOption,
            Self::Argument { .. } => StartErrorKind::Argument,
            Self::Privileges { .. } | Self::OutsideExecutable { .. } | Self::OtherPidNamespace => {
                StartErrorKind::Unsupported
            }
            Self::NoRoom { .. } | Self::OutputFile { .. } | Self::System { .. } => StartErrorKind::System,
            Self::Constructor { .. } | Self::ConstructorPanicked { .. } | Self::ConstructorTimedOut { .. } => {
                StartErrorKind::ConstructorFailed
            }
            Self::Died { .. } | Self::RestartsExhausted { .. } | Self::Bootstrap { .. } => StartErrorKind::Died,
            Self::Ended => StartErrorKind::Ended,
            Self::NotReady { .. } => StartErrorKind::NotReady,
            Self::ForkedCopy => StartErrorKind::ForkedCopy,
        }
    }
}
