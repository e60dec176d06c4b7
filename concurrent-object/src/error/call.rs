//! The error of a call: why it has no result.
//!
//! Knows what the variants print. Knows nothing of how a call is made or settled. Invariant: every
//! variant carries a [`CallInfo`].

mod facts;

use std::sync::Arc;
use std::time::Duration;

use super::call_info::{CallInfo, ending};
use super::payload::Payload;
use super::printable::one_line;
use super::{Death, HandleProblem, LostHost, Panic, StartError};

/// Why a call has no result.
///
/// Match on the variant to decide what to do next. Every variant also says which call failed
/// ([`info`](Self::info)), and whether its method had started ([`started`](Self::started)).
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
///     let Err(CallError::Panicked { panic, .. }) = divider.divide(1, 0).wait() else { panic!() };
///     assert_eq!(panic.message, "attempt to divide by zero");
///     divider.kill()?;
///     let error = divider.divide(42, 6).wait().expect_err("it has ended");
///     assert!(error.object_gone());
///     assert_eq!((error.method(), error.started()), (Some("divide"), Started::No));
///     Ok(())
/// }
/// ```
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The method panicked. The object continues to serve calls, unless its builder set
    /// [`OnPanic::Terminate`](crate::OnPanic::Terminate). Your program must decide whether the
    /// object's state is still valid.
    #[error("{info} panicked: {panic}")]
    #[non_exhaustive]
    Panicked {
        /// The message of the panic, and its place in the source.
        panic: Panic,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The object's process died. If the builder set [`restart`](crate::RestartPolicy), another
    /// process replaces it and serves later calls.
    #[error("{info} has no result: its process {}; the call {}", death.description_for(info.call), info.started)]
    #[non_exhaustive]
    Died {
        /// How the process died, and which method it was running.
        death: Arc<Death>,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The connection to the machine of the object was lost, or that machine has ended. If
    /// [`started`](Self::started) is [`Started::No`](crate::Started::No), the method never ran, and
    /// you can make the call again. Otherwise it may run to its end there, or has run. Make such a
    /// call again only if its effects may happen twice.
    ///
    /// If the builder set [`restart`](crate::RestartPolicy), the library starts the object
    /// again, on another machine if the transport has one. It then serves later calls.
    #[error("{info} has no result: {lost}; the call {}", info.started)]
    #[non_exhaustive]
    Lost {
        /// The machine, and why the connection to it was lost.
        lost: Box<LostHost>,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The constructor failed, panicked, took too long, or its process died.
    #[error("{info} has no result: the object could not be constructed")]
    #[non_exhaustive]
    NotConstructed {
        /// The error that `wait_until_ready` returns too.
        #[source]
        reason: Arc<StartError>,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The program ended the object before it served this call: by `terminate`, `close` or `kill`,
    /// or by dropping the proxy.
    #[error("{info} has no result: the object was ended on request; the call {}", info.started)]
    #[non_exhaustive]
    Ended {
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The arguments or the result need more bytes than the builder's `max_input_size` or
    /// `max_output_size` allows. The object continues to serve calls.
    #[error(
        "{info} has no result: its {payload} {} {needed} bytes and the limit is {limit}; {}",
        payload.needs(),
        payload.remedy()
    )]
    #[non_exhaustive]
    TooLarge {
        /// Which of the two was too large.
        payload: Payload,
        /// The bytes that they need.
        needed: usize,
        /// The bytes that the slot has.
        limit: usize,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The arguments or the result could not be encoded: their `Serialize` returned an error. The
    /// object continues to serve calls.
    #[error("{info} has no result: {} could not be encoded: {}", one_line(part), one_line(reason))]
    #[non_exhaustive]
    Encode {
        /// The name of the argument, or "the result".
        part: String,
        /// The message of the error.
        reason: String,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The arguments or the result could not be decoded: their `Deserialize` returned an error. The
    /// object continues to serve calls.
    #[error("{info} has no result: {} could not be decoded: {}", one_line(part), one_line(reason))]
    #[non_exhaustive]
    Decode {
        /// The name of the argument, or "the result".
        part: String,
        /// The message of the error.
        reason: String,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The method has run, but the object's state could not be saved after it. If the object dies
    /// now, the effects of the method are lost. This error occurs only with
    /// [`SnapshotPolicy::or_fail`](crate::SnapshotPolicy::or_fail). The object continues to serve
    /// calls.
    #[error("{info} has no result: the method has run, but the object's state is not saved: {}", one_line(reason))]
    #[non_exhaustive]
    NotSaved {
        /// Why the state could not be saved.
        reason: String,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// A handle that the call uses is stale, or cannot be used in this way. The method was not
    /// called. The object continues to serve calls.
    #[error("{info} has no result: {problem}")]
    #[non_exhaustive]
    Handle {
        /// What the problem is.
        problem: HandleProblem,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The object lives in another program ([`on`](crate::Builder::on)), and this method needs
    /// memory of both. The method was not called. The object continues to serve calls.
    #[error("{info} has no result: {reason}")]
    #[non_exhaustive]
    Elsewhere {
        /// What is not possible there, and what to do about it.
        reason: &'static str,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The call reached a time limit. `timeout` (of the call, of the method or of the builder)
    /// counts from the start of the method, `queue_timeout` from the submission of the call.
    ///
    /// If the method returned within `cancel_grace`, the object continues to serve calls, whether
    /// or not the method checked [`is_cancelled`](crate::is_cancelled).
    #[error("{info} timed out {}", ending(*ran_for, *killed, info))]
    #[non_exhaustive]
    TimedOut {
        /// How long the method had run when the parent requested its cancellation; zero if it had
        /// not started. Measured with a clock that advances every 1 to 10 ms (the kernel's tick).
        /// So a limit may take effect up to 10 ms too late, never too early, and this value may be
        /// up to 10 ms too long.
        ran_for: Duration,
        /// Whether the parent killed the child, since the method did not return within
        /// `cancel_grace`. The object has then ended, unless it is restarted. False for a thread.
        killed: bool,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The call was cancelled, by [`Call::cancel`](crate::Call::cancel).
    #[error("{info} was cancelled {}", ending(*ran_for, *killed, info))]
    #[non_exhaustive]
    Cancelled {
        /// How long the method had run when the parent requested its cancellation; zero if it had
        /// not started. Measured with a clock that advances every 1 to 10 ms (the kernel's tick).
        /// So this value may be up to 10 ms too long.
        ran_for: Duration,
        /// Whether the parent killed the child, since the method did not return within
        /// `cancel_grace`. The object has then ended, unless it is restarted. False for a thread.
        killed: bool,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The object died once more than its builder's `restart` allows, and has ended. (If the first
    /// process does not become ready, no restart is tried, and the error is `NotConstructed`.)
    #[error("{info} has no result: the object died after {count} restarts; the call {}", info.started)]
    #[non_exhaustive]
    RestartsExhausted {
        /// The number of restarts within the period that the policy counts.
        count: u32,
        /// The last death of the object.
        #[source]
        last: Arc<Death>,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The object died, and its next process is not ready yet. The call was submitted in this
    /// period, or had not started when the object died. It did not run, and never will. Once the
    /// next process is ready, it serves new calls.
    ///
    /// This error occurs only with the policy
    /// [`RestartPolicy::fail_fast`](crate::RestartPolicy::fail_fast).
    #[error("{info} has no result: the object died and is being restarted; the call {}", info.started)]
    #[non_exhaustive]
    Restarting {
        /// The last death of the object.
        #[source]
        last: Arc<Death>,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The child sent something that a correct child never sends. The parent killed it.
    #[error("{info} has no result: the child broke the protocol and was killed: {}", one_line(reason))]
    #[non_exhaustive]
    Protocol {
        /// What was wrong with it.
        reason: String,
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// The outcome was already taken, by `try_wait` or `wait_timeout`. A call has only one outcome.
    #[error("{info} has no result: the result was already taken")]
    #[non_exhaustive]
    AlreadyTaken {
        /// The call that failed.
        info: Box<CallInfo>,
    },
    /// This process is a forked copy of the process that started the object, and cannot use it.
    #[error("{info} has no result: this process is a forked copy of the process that started the object")]
    #[non_exhaustive]
    ForkedCopy {
        /// The call that failed.
        info: Box<CallInfo>,
    },
}
