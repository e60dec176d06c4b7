//! Cancellation as the running method sees it.
//!
//! Knows the number of the running call and the parent's cancel word. Does not end the method: the
//! method returns by itself, or the parent kills the child. Invariant: no call runs while the
//! number is zero.

use std::sync::{Arc, OnceLock};

use crate::sync::{AtomicU64, Ordering};
use crate::transport::Transport;
use crate::transport::mapped::Channel;

static CHANNEL: OnceLock<Arc<Channel>> = OnceLock::new();

/// The number of the running call. Zero while none runs.
static RUNNING: AtomicU64 = AtomicU64::new(0);

/// Whether the parent has requested cancellation of the running method, because the call's time
/// limit has passed, or because the caller cancelled the call.
///
/// A method that may take long checks this from time to time, and returns early when it is true.
/// The returned value is discarded: the caller gets
/// [`CallError::TimedOut`](crate::CallError::TimedOut) or
/// [`CallError::Cancelled`](crate::CallError::Cancelled). The object keeps its state and serves
/// further calls. If the method does not return within the builder's `cancel_grace`, the parent
/// kills the child.
///
/// A check takes a few nanoseconds and never blocks. It works in any thread of the child. Outside
/// of methods, and in every other process, it is false.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use concurrent_object::{CallError, is_cancelled};
/// # use concurrent_object::concurrent_object;
///
/// struct Searcher {
///     tried: u64,
/// }
///
/// #[concurrent_object]
/// impl Searcher {
///     pub fn new() -> Self {
///         Self { tried: 0 }
///     }
///
///     #[concurrent_object(timeout = "50ms")]
///     pub fn search(&mut self) -> Option<u64> {
///         while !is_cancelled() {
///             self.tried += 1;
///         }
///         None
///     }
///
///     pub fn tried(&self) -> u64 {
///         self.tried
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let searcher = SearcherProxy::builder("searcher").start()?;
///     assert!(matches!(searcher.search().wait(), Err(CallError::TimedOut { killed: false, .. })));
///     assert!(searcher.tried().wait()? > 0); // the object still has its state
///     Ok(())
/// }
/// ```
#[must_use]
pub fn is_cancelled() -> bool {
    CHANNEL.get().is_some_and(|channel| channel.cancel().is_requested_for(&RUNNING))
}

/// Stores the channel for `is_cancelled`.
pub(crate) fn install(channel: &Arc<Channel>) {
    // Succeeds, because a process has one object.
    let _first = CHANNEL.set(channel.clone());
}

/// Returns the number of the running call; zero for none.
pub(crate) fn running() -> u64 {
    RUNNING.load(Ordering::Relaxed)
}

/// Sets the number of the running call; zero for none.
#[inline]
pub(crate) fn set_running(call: u64) {
    RUNNING.store(call, Ordering::Relaxed);
}
