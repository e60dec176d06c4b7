//! One call under way: is its outcome there, wait for it, take it.
//!
//! Knows types; the bytes come from `object`. A value is decoded by whoever takes it, on that thread and without any lock.

pub(crate) mod attached;
pub(crate) mod flat;
pub(crate) mod in_out;
pub(crate) mod pending;
pub(crate) mod read;

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

pub use self::in_out::CallMut;
pub(crate) use self::pending::submit;
pub use self::pending::{Pending, Reached, Target};

use crate::error::{CallError, CallId};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;

/// A call that was made and whose result was not taken yet.
///
/// It holds on to what it needs: it may outlive its proxy, go to another thread, and be taken in any order with others.
/// Dropping it abandons the result and nothing else: the method runs all the same.
///
/// The call of a method that takes `self` by value is all that is left of its proxy. When it is dropped, waited for or not,
/// the calls made before and its own get as long as the grace period to end; then the object has ended, or is killed.
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
#[must_use = "a call that is dropped has nobody to take its result; `wait` for it, or use the push form"]
pub struct Call<T> {
    pending: Pending,
    /// Whoever made the call knew how a `T` is read; whoever takes its result need not.
    decode: Decode<T>,
}

type Decode<T> = fn(&mut ResultReader<'_>) -> Result<T, Failure>;

impl<T> Call<T> {
    /// Which call this is: its number, which errors and traces name too; `None` if it was refused before it got one.
    #[must_use]
    pub fn id(&self) -> Option<CallId> {
        self.pending.id()
    }

    /// Sets how long the method may run, for this call alone, from when it begins; what the method's attribute or the builder
    /// says does not count for it. Never blocks. When the time is over the method is told to end
    /// ([`is_cancelled`](crate::is_cancelled)), and killed with its object if it has not ended after the builder's `cancel_grace`; the
    /// outcome is [`CallError::TimedOut`]. That happens whether or not anybody waits.
    pub fn with_timeout(self, time: Duration) -> Self {
        self.pending.set_timeout(time);
        self
    }

    /// Ends the call early. Never blocks. If its method has not begun, it never will, and its arguments are dropped unread. If it
    /// runs, it is told to end, and killed as for [`with_timeout`](Self::with_timeout). The outcome is [`CallError::Cancelled`],
    /// unless there is one already.
    pub fn cancel(&self) {
        self.pending.cancel();
    }

    /// Blocks until the outcome is there, and gives it. If the object dies, that is the outcome.
    ///
    /// # Errors
    /// Whatever became of the call instead of a result: see [`CallError`].
    pub fn wait(mut self) -> Result<T, CallError> {
        let outcome = self.pending.read_until(None, self.decode);
        outcome.unwrap_or_else(|| Err(self.pending.taken_before()))
    }

    /// The outcome, if it is there. Never blocks. After it was given once, it is gone: then an error says so.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> Option<Result<T, CallError>> {
        self.pending.try_read(self.decode)
    }

    /// Blocks until the outcome is there, or until this time has passed: then nothing, and the call goes on. To give up a
    /// method that takes too long, [`kill`](crate::Proxy::kill) the object and start another; dropping the proxy would wait
    /// for the method first, as long as the grace period.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn wait_timeout(&mut self, timeout: Duration) -> Option<Result<T, CallError>> {
        self.pending.read_within(timeout, self.decode)
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.pending.method()).field("id", &self.id()).finish_non_exhaustive()
    }
}

/// Makes a call whose outcome its `Call` will give.
#[inline]
pub(crate) fn make<T: DeserializeOwned>(
    target: impl Target,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Call<T> {
    read_by(submit(target, method, write), |result| result.take())
}

/// The call whose result is read like this.
#[inline]
pub(crate) fn read_by<T>(pending: Pending, decode: Decode<T>) -> Call<T> {
    Call { pending, decode }
}
