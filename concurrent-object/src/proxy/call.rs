//! A call whose outcome the caller can wait for and take.
//!
//! Knows the types of results; the bytes come from `parent::object`. Invariant: the thread that
//! takes an outcome decodes it, without holding a lock.

pub(crate) mod attached;
pub(crate) mod canceller;
pub(crate) mod flat;
pub(crate) mod future;
pub(crate) mod in_out;
pub(crate) mod pending;
pub(crate) mod read;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::de::DeserializeOwned;

pub use self::canceller::Canceller;
pub use self::in_out::CallMut;
pub(crate) use self::pending::PooledCalls;
pub(crate) use self::pending::submit;
pub use self::pending::{Pending, Reached, Target};

use crate::error::{CallError, CallId};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;

/// A submitted call whose outcome was not taken yet.
///
/// It may outlive its proxy and may be sent to another thread. The outcomes of several calls can be
/// taken in any order. Dropping it detaches the call: the method runs, and its outcome is
/// discarded.
///
/// The call of a method that takes `self` by value replaces the proxy, which it consumes. When this
/// `Call` is dropped, or `wait` has consumed it, the object ends. This call and the calls before it
/// then have the builder's `grace` to finish; after that the child is killed. Dropping the `Call`
/// blocks until the object has ended.
///
/// `P` is the type of the values that the method reports while it runs: see
/// [`progress`](Self::progress).
///
/// # Examples
/// ```
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
///     let (first, mut second) = (divider.divide(42, 6), divider.divide(42, 7));
///     while second.try_wait().is_none() {
///         std::thread::yield_now(); // something else to do
///     }
///     assert_eq!(first.wait()?, 7);
///     Ok(())
/// }
/// ```
#[must_use = "the result of a dropped call is discarded; `wait` for it, or use the push form"]
pub struct Call<T, P = ()> {
    pub(crate) pending: Pending,
    /// Decodes the result. Stored here so that the code that takes the result needs no bounds on
    /// `T`.
    decode: Decode<T>,
    progress: PhantomData<fn() -> P>,
}

type Decode<T> = fn(&mut ResultReader<'_>) -> Result<T, Failure>;

impl<T, P> Call<T, P> {
    /// Returns the number of the call, which errors and trace events show too. `None` if the call
    /// was refused before it got a number.
    #[must_use]
    pub fn id(&self) -> Option<CallId> {
        self.pending.id()
    }

    /// Sets how long the method may run, from its start, for this call alone. It replaces the
    /// timeout of the method's attribute and of the builder. Never blocks.
    ///
    /// At the limit, the parent requests the cancellation of the method, which can check
    /// [`is_cancelled`](crate::is_cancelled). If the method does not return within the builder's
    /// `cancel_grace`, the parent kills the child. The outcome is [`CallError::TimedOut`]. The
    /// limit is enforced whether or not a thread waits for the call.
    pub fn with_timeout(self, time: Duration) -> Self {
        self.pending.set_timeout(time);
        self
    }

    /// Cancels the call. Never blocks.
    ///
    /// If the method has not started, it never runs, and its arguments are discarded. If it runs,
    /// the parent requests its cancellation, and kills the child as for
    /// [`with_timeout`](Self::with_timeout). The outcome is [`CallError::Cancelled`], unless the
    /// call has an outcome already.
    pub fn cancel(&self) {
        self.pending.cancel();
    }

    /// Returns a value that cancels the call from another thread or task.
    pub fn canceller(&self) -> Canceller {
        self.pending.canceller()
    }

    /// Has the call cancelled when it is dropped before its outcome was taken: when the request
    /// that awaits it is gone, say. Without this, the method runs on, and its outcome is discarded.
    pub fn cancel_on_drop(mut self) -> Self {
        self.pending.cancel_on_drop();
        self
    }

    /// Blocks until the outcome is there, and takes it. If the object dies, the outcome is an
    /// error.
    ///
    /// # Errors
    /// The reason why the call has no result: see [`CallError`].
    pub fn wait(mut self) -> Result<T, CallError> {
        let outcome = self.pending.read_until(None, self.decode);
        outcome.unwrap_or_else(|| Err(self.pending.taken_before()))
    }

    /// Takes the outcome if it is there, otherwise returns `None`. Never blocks. After the outcome
    /// was taken, returns [`CallError::AlreadyTaken`].
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> Option<Result<T, CallError>> {
        self.pending.try_read(self.decode)
    }

    /// Blocks until the outcome is there, for `timeout` at most, and takes it. Returns `None` after
    /// `timeout`; the call continues.
    ///
    /// To stop a method that takes too long, [`cancel`](Self::cancel) the call, or
    /// [`kill`](crate::Proxy::kill) the object and start another. Dropping the proxy would first
    /// wait for the method, for the builder's `grace` at most.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn wait_timeout(&mut self, timeout: Duration) -> Option<Result<T, CallError>> {
        self.pending.read_within(timeout, self.decode)
    }
}

impl<T, P: DeserializeOwned> Call<T, P> {
    /// Returns the newest value that the method has set with
    /// [`Progress::set`](crate::Progress::set). Takes no lock and wakes no thread.
    ///
    /// `None` before the first value, and for a method without a `Progress`. When the method has
    /// returned, it is the last value, until another call uses the slot.
    #[must_use]
    pub fn progress(&self) -> Option<P> {
        self.pending.progress()
    }
}

impl<T> Call<T> {
    /// Returns the same call, whose method reports such values.
    pub(crate) fn reporting<P>(self) -> Call<T, P> {
        Call { pending: self.pending, decode: self.decode, progress: PhantomData }
    }
}

impl<T, P> fmt::Debug for Call<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.pending.method()).field("id", &self.id()).finish_non_exhaustive()
    }
}

/// Submits a call, and returns the `Call` that takes its outcome.
#[inline]
pub(crate) fn make<T: DeserializeOwned>(
    target: impl Target,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Call<T> {
    read_by(submit(target, method, write), |result| result.take())
}

/// Returns a `Call` whose result `decode` reads.
#[inline]
pub(crate) fn read_by<T>(pending: Pending, decode: Decode<T>) -> Call<T> {
    Call { pending, decode, progress: PhantomData }
}
