//! Cancellation as the running method sees it.
//!
//! A process has one object, but a program may have several objects in threads. So each object has
//! its own [`RunningCall`]. The one of an object in a thread is in a thread-local, the one of a
//! process in a static.
//!
//! Knows the number of the running call and the parent's cancel word. Does not end the method: the
//! method returns by itself, or the parent kills the child. Invariant: no call runs while the
//! number is zero.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use super::Home;
use crate::sync::{AtomicU64, Ordering};
use crate::transport::Transport;
use crate::transport::mapped::Channel;

/// The running call of one object.
#[derive(Debug)]
pub(crate) struct RunningCall {
    channel: Arc<Channel>,
    /// The number of the call. Zero while none runs.
    number: AtomicU64,
}

static OF_PROCESS: OnceLock<Arc<RunningCall>> = OnceLock::new();

thread_local!(static OF_THREAD: RefCell<Option<Arc<RunningCall>>> = const { RefCell::new(None) });

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
/// of methods, and in every other process, it is false. If the object lives in a thread
/// ([`in_thread`](crate::Builder::in_thread)), it works in that thread only.
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
    of_here(|running| running.channel.cancel().is_requested_for(&running.number)).unwrap_or(false)
}

/// Makes the object of this process, or of the calling thread, the one that `is_cancelled` asks.
pub(crate) fn install(channel: &Arc<Channel>, home: Home) -> Arc<RunningCall> {
    let running = Arc::new(RunningCall { channel: channel.clone(), number: AtomicU64::new(0) });
    match home {
        // Succeeds, because a process has one object.
        Home::Process => drop(OF_PROCESS.set(running.clone())),
        Home::Thread => drop(OF_THREAD.replace(Some(running.clone()))),
    }
    running
}

/// Forgets the object of the calling thread, whose last call has ended.
pub(crate) fn leave_thread() {
    drop(OF_THREAD.take());
}

/// Returns the number of the running call of this thread's or this process's object; zero for none.
pub(crate) fn running() -> u64 {
    of_here(|running| running.number.load(Ordering::Relaxed)).unwrap_or(0)
}

/// Returns the channel of this thread's or this process's object.
pub(crate) fn channel() -> Option<Arc<Channel>> {
    of_here(|running| running.channel.clone())
}

fn of_here<R>(read: impl Fn(&RunningCall) -> R) -> Option<R> {
    // Fails while the thread's TLS is being destroyed. Then no method of an object in it runs.
    let of_thread = OF_THREAD.try_with(|running| running.borrow().as_deref().map(&read)).ok().flatten();
    of_thread.or_else(|| OF_PROCESS.get().map(|running| read(running)))
}

impl RunningCall {
    /// Sets the number of the running call; zero for none.
    #[inline]
    pub(crate) fn set(&self, call: u64) {
        self.number.store(call, Ordering::Relaxed);
    }
}
