//! The kinds of errors: what a caller matches on, as with `std::io::ErrorKind`.
//!
//! The variants of the errors carry the facts; the kinds have none, and group variants that call
//! for the same reaction.

use super::{CallError, StartError};

/// The kind of a [`CallError`], by what a caller can do about it.
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
    /// The object's process died. This includes the last death, after which its policy allows no
    /// further restart.
    Died,
    /// The connection to the object's machine was lost.
    Lost,
    /// The object is being restarted. Its policy is `fail_fast`, so calls fail until it is ready.
    Restarting,
    /// The object was not constructed.
    NotConstructed,
    /// The program ended the object.
    Ended,
    /// The arguments or the result are larger than the object's limits.
    TooLarge,
    /// The arguments or the result could not be encoded or decoded.
    Codec,
    /// The method has run, but the object's state could not be saved after it.
    NotSaved,
    /// A handle that the call uses is stale, or cannot be used in this way.
    Handle,
    /// The object lives in another program, and its method cannot be called there.
    Elsewhere,
    /// The call reached a time limit.
    TimedOut,
    /// The call was cancelled.
    Cancelled,
    /// The child broke the protocol.
    Protocol,
    /// The result was already taken.
    AlreadyTaken,
    /// This process is a forked copy of the process that started the object.
    ForkedCopy,
}

/// The kind of a [`StartError`], by what a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// The program must call `init()`.
    NotInitialized,
    /// The builder was given an option that is invalid.
    InvalidOption,
    /// An argument of the constructor could not be passed.
    Argument,
    /// Objects cannot be started in this program, or in this environment.
    Unsupported,
    /// A system call failed.
    System,
    /// No machine can hold the object now.
    NoHost,
    /// The machine runs another build of the program.
    VersionSkew,
    /// The machine does not allow the start.
    Denied,
    /// The constructor failed, panicked, or took too long.
    ConstructorFailed,
    /// The process died, or could not start.
    Died,
    /// The program ended the object before it was ready.
    Ended,
    /// The object is not ready yet.
    NotReady,
    /// This process is a forked copy of the process that started the object.
    ForkedCopy,
}

impl CallError {
    /// Returns the kind of this error.
    #[must_use]
    pub fn kind(&self) -> CallErrorKind {
        match self {
            Self::Panicked { .. } => CallErrorKind::Panicked,
            Self::Died { .. } | Self::RestartsExhausted { .. } => CallErrorKind::Died,
            Self::Lost { .. } => CallErrorKind::Lost,
            Self::Restarting { .. } => CallErrorKind::Restarting,
            Self::NotConstructed { .. } => CallErrorKind::NotConstructed,
            Self::Ended { .. } => CallErrorKind::Ended,
            Self::TooLarge { .. } => CallErrorKind::TooLarge,
            Self::Encode { .. } | Self::Decode { .. } => CallErrorKind::Codec,
            Self::NotSaved { .. } => CallErrorKind::NotSaved,
            Self::Handle { .. } => CallErrorKind::Handle,
            Self::Elsewhere { .. } => CallErrorKind::Elsewhere,
            Self::TimedOut { .. } => CallErrorKind::TimedOut,
            Self::Cancelled { .. } => CallErrorKind::Cancelled,
            Self::Protocol { .. } => CallErrorKind::Protocol,
            Self::AlreadyTaken { .. } => CallErrorKind::AlreadyTaken,
            Self::ForkedCopy { .. } => CallErrorKind::ForkedCopy,
        }
    }
}

impl StartError {
    /// Returns the kind of this error.
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
            | Self::InvalidLimit { .. }
            | Self::MemoryLimit { .. }
            | Self::NeedsProcess { .. }
            | Self::SizesNeeded => StartErrorKind::InvalidOption,
            Self::Argument { .. } => StartErrorKind::Argument,
            Self::Privileges { .. }
            | Self::OutsideExecutable { .. }
            | Self::OtherPidNamespace
            | Self::Unsupported { .. } => StartErrorKind::Unsupported,
            Self::NoRoom { .. } | Self::OutputFile { .. } | Self::System { .. } => StartErrorKind::System,
            Self::NoHost { .. } => StartErrorKind::NoHost,
            Self::VersionSkew { .. } => StartErrorKind::VersionSkew,
            Self::Denied { .. } => StartErrorKind::Denied,
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
