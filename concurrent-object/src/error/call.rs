//! Why a call has no result.

use std::sync::Arc;
use std::time::Duration;

use super::call_info::{CallInfo, Started};
use super::payload::Payload;
use super::printable::one_line;
use super::{CallId, Death, Panic, StartError};

/// Why a call has no result.
///
/// Each variant calls for another reaction of the caller. What all have in common (which call it was, and whether its
/// method had begun) is told by methods.
///
/// # Examples
/// ```
/// use concurrent_object::{CallError, Started};
/// # use concurrent_object::concurrent_object;
/// # struct Divider;
/// # #[concurrent_object]
/// # impl Divider {
/// #     pub fn new() -> Self { Self }
/// #     pub fn divide(&self, a: u64, b: u64) -> u64 { a / b }
/// #     pub fn keep(&self, values: Vec<u8>) -> usize { values.len() }
/// # }
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let divider = DividerProxy::builder("divider").start()?;
///     match divider.divide(1, 0).wait() {
///         Err(CallError::Panicked { panic, .. }) => assert_eq!(panic.message, "attempt to divide by zero"),
///         other => panic!("{other:?}"),
///     }
///     divider.kill()?;
///     let error = divider.divide(42, 6).wait().expect_err("it is gone");
///     assert!(error.object_gone());
///     assert_eq!((error.method(), error.started()), (Some("divide"), Started::No));
///     Ok(())
/// }
/// ```
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The method panicked. The object lives on, unless its builder said otherwise; whether its state is still good is
    /// yours to decide.
    #[error("{info} panicked: {panic}")]
    #[non_exhaustive]
    Panicked {
        /// What it said, and where.
        panic: Panic,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The object's process died. If its builder says so, it is restarted, and later calls are served.
    #[error("{info} has no result: its process {}; the call {}", death.told_to(info.call), info.started)]
    #[non_exhaustive]
    Died {
        /// How, and what it was doing.
        death: Arc<Death>,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The object never came to life: its constructor failed, panicked, or took the process with it.
    #[error("{info} has no result: the object could not be constructed")]
    #[non_exhaustive]
    NotConstructed {
        /// What `wait_until_ready` says too.
        #[source]
        reason: Arc<StartError>,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The object was ended on request (`terminate`, `close`, `kill`, or its proxy dropped) before it served this call.
    #[error("{info} has no result: the object was ended on request; the call {}", info.started)]
    #[non_exhaustive]
    Ended {
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The arguments or the result need more room than a call slot has. The object lives on.
    #[error(
        "{info} has no result: its {payload} need {needed} bytes and the limit is {limit}; raise `{}` of the builder",
        payload.option()
    )]
    #[non_exhaustive]
    TooLarge {
        /// Which of the two.
        payload: Payload,
        /// Bytes they need.
        needed: usize,
        /// Bytes there are.
        limit: usize,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The arguments or the result could not be written as bytes: what their `Serialize` said. The object lives on.
    #[error("{info} has no result: {} could not be encoded: {}", one_line(part), one_line(reason))]
    #[non_exhaustive]
    Encode {
        /// The argument's name, or "the result".
        part: String,
        /// What was said.
        reason: String,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The arguments or the result could not be read back: what their `Deserialize` said. The object lives on.
    #[error("{info} has no result: {} could not be decoded: {}", one_line(part), one_line(reason))]
    #[non_exhaustive]
    Decode {
        /// The argument's name, or "the result".
        part: String,
        /// What was said.
        reason: String,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The method has run, and the object's state could not be saved after it: a death would undo what the method did. Only where
    /// the builder's [`SnapshotPolicy`](crate::SnapshotPolicy) sayss [`or_fail`](crate::SnapshotPolicy::or_fail). The object lives on.
    #[error("{info} has no result: the method has run, but the object's state is not saved: {}", one_line(reason))]
    #[non_exhaustive]
    NotSaved {
        /// Why.
        reason: String,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The call took longer than it may: as `timeout` (of the builder, of the method, or of the call) says, from when its method
    /// began, or as `queue_timeout` says, from when it was made. If the method ended within `cancel_grace`, the object lives on, whether the
    /// method looked at [`is_cancelled`](crate::is_cancelled) or was about to end anyway.
    #[error("{info} timed out {}", ended(*ran_for, *killed, info.started))]
    #[non_exhaustive]
    TimedOut {
        /// How long the method had run when it was told to end; nothing if it had not begun. The clock for it goes in steps of the
        /// kernel's tick, 1 to 10 ms: a limit comes that much later than it says, never earlier, and this may be that much too long.
        ran_for: Duration,
        /// It did not end within `cancel_grace`, so the child was killed; the object is gone, unless it is restarted.
        killed: bool,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The call was cancelled.
    #[error("{info} was cancelled {}", ended(*ran_for, *killed, info.started))]
    #[non_exhaustive]
    Cancelled {
        /// How long the method had run when it was told to end; nothing if it had not begun. The clock for it goes in steps of the
        /// kernel's tick, 1 to 10 ms: a limit comes that much later than it says, never earlier, and this may be that much too long.
        ran_for: Duration,
        /// It did not end within `cancel_grace`, so the child was killed; the object is gone, unless it is restarted.
        killed: bool,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The object died once more than its builder's `restart` allows. That it was restarted before shows that it was sound once.
    #[error("{info} has no result: its object died after {count} restarts; the call {}", info.started)]
    #[non_exhaustive]
    RestartsExhausted {
        /// How often it was restarted, within the time that counts.
        count: u32,
        /// The last death.
        #[source]
        last: Arc<Death>,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The object has died and its next process is not ready yet: the call was made meanwhile, or had not begun when the object died. It
    /// never ran. Only where the builder's policy is to [`fail_fast`](crate::RestartPolicy::fail_fast). Later calls are served.
    #[error("{info} has no result: its object has died and is being restarted; the call {}", info.started)]
    #[non_exhaustive]
    Restarting {
        /// The last death.
        #[source]
        last: Arc<Death>,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The child answered with something that no sound child answers. It was killed.
    #[error("{info} has no result: the child broke the protocol and was killed: {}", one_line(reason))]
    #[non_exhaustive]
    Protocol {
        /// What made no sense.
        reason: String,
        /// Which call.
        info: Box<CallInfo>,
    },
    /// The outcome was given before, by `try_wait` or `wait_timeout`: there is only one.
    #[error("{info} has no result: it was already taken")]
    #[non_exhaustive]
    AlreadyTaken {
        /// Which call.
        info: Box<CallInfo>,
    },
    /// This process is a forked copy of the one that started the object, and cannot reach it.
    #[error("{info} has no result: this process is a forked copy of the one that started the object")]
    #[non_exhaustive]
    ForkedCopy {
        /// Which call.
        info: Box<CallInfo>,
    },
}

impl CallError {
    /// Whether the object is gone for good, so that every later call fails too. An object that has died and is restarted is not.
    #[must_use]
    pub fn object_gone(&self) -> bool {
        match self {
            _ if self.info().lives_on => false,
            Self::TimedOut { killed, .. } | Self::Cancelled { killed, .. } => *killed,
            Self::Panicked { .. }
            | Self::TooLarge { .. }
            | Self::Encode { .. }
            | Self::Decode { .. }
            | Self::NotSaved { .. }
            | Self::Restarting { .. }
            | Self::AlreadyTaken { .. } => false,
            Self::Died { .. }
            | Self::NotConstructed { .. }
            | Self::Ended { .. }
            | Self::RestartsExhausted { .. }
            | Self::Protocol { .. }
            | Self::ForkedCopy { .. } => true,
        }
    }

    /// The method that was called; `None` if the error is not about one call.
    #[must_use]
    pub fn method(&self) -> Option<&'static str> {
        self.info().method
    }

    /// The call; `None` if it was refused before it got a number.
    #[must_use]
    pub fn call(&self) -> Option<CallId> {
        self.info().call
    }

    /// Whether the method had begun.
    #[must_use]
    pub fn started(&self) -> Started {
        self.info().started
    }

    /// Which object, process, method and call this is about.
    #[must_use]
    pub fn info(&self) -> &CallInfo {
        match self {
            Self::Panicked { info, .. }
            | Self::Died { info, .. }
            | Self::NotConstructed { info, .. }
            | Self::Ended { info }
            | Self::TooLarge { info, .. }
            | Self::Encode { info, .. }
            | Self::Decode { info, .. }
            | Self::NotSaved { info, .. }
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

/// How a call ended that was told to.
fn ended(ran_for: Duration, killed: bool, started: Started) -> String {
    match (started, killed) {
        (Started::No, _) => "before its method began".into(),
        (_, false) => format!("after {ran_for:?}; its method ended within `cancel_grace`, and its outcome was dropped"),
        (_, true) => format!(
            "after {ran_for:?}, and its object was killed since its method did not end; look at `is_cancelled()` in it"
        ),
    }
}
