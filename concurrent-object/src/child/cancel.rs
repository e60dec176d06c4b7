//! Whether the running method was told to end.

use std::sync::{Arc, OnceLock};

use crate::sync::{AtomicU64, Ordering};
use crate::transport::Transport;
use crate::transport::mapped::Channel;

static CHANNEL: OnceLock<Arc<Channel>> = OnceLock::new();

/// The call that runs; zero if none does.
static RUNNING: AtomicU64 = AtomicU64::new(0);

/// Whether the method that is running was told to end: its time is over, or the call was cancelled.
///
/// A method that may take long looks at it from time to time, and returns whatever it likes when it is true: its caller has been
/// promised [`CallError::TimedOut`](crate::CallError::TimedOut) or [`CallError::Cancelled`](crate::CallError::Cancelled), and the object lives on with its state. A method that does not is killed
/// with its object after the builder's `cancel_grace`.
///
/// It takes a few nanoseconds, may be asked in any thread of the child, and is false outside of methods and in every other
/// process.
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
///     assert!(searcher.tried().wait()? > 0); // it lives, and knows what it did
///     Ok(())
/// }
/// ```
#[must_use]
pub fn is_cancelled() -> bool {
    CHANNEL.get().is_some_and(|channel| channel.cancel().is_requested_for(&RUNNING))
}

/// From now on this process has an object.
pub(crate) fn install(channel: &Arc<Channel>) {
    // There is one object in a process, so this is done once.
    let _first = CHANNEL.set(channel.clone());
}

/// The call that runs from now on; zero for none.
#[inline]
pub(crate) fn set_running(call: u64) {
    RUNNING.store(call, Ordering::Relaxed);
}
