//! A call of a method with `&mut` arguments: it writes the changed values back into the caller's
//! variables when the result is taken.
//!
//! Knows how to read a result and the values after it. Invariant: all variables change, after
//! everything was decoded, or none does.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use super::canceller::Canceller;
use super::pending::Pending;
use crate::error::{CallError, CallId};
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;

/// A call of a method with `&mut` arguments.
///
/// The method changes copies of the arguments in the child. [`wait`](Self::wait) writes the changed
/// values back, and returns the result. Until then the variables are borrowed and unchanged. If the
/// call fails, they stay unchanged. Dropping it detaches the call: the method runs, and its result
/// and changes are discarded.
///
/// There is no push form, since the variables would have to stay borrowed until the pull.
///
/// # Examples
/// ```
/// # use concurrent_object::concurrent_object;
/// # struct Mixer;
/// #[concurrent_object]
/// impl Mixer {
///     # pub fn new() -> Self { Self }
///     pub fn scale(&self, samples: &mut [f32], by: f32) -> usize {
///         samples.iter_mut().for_each(|sample| *sample *= by);
///         samples.len()
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let mixer = MixerProxy::builder("mixer").start()?;
///     let mut samples = [1.0, 2.0];
///     assert_eq!(mixer.scale(&mut samples, 10.0).wait()?, 2);
///     assert_eq!(samples, [10.0, 20.0]);
///     Ok(())
/// }
/// ```
#[must_use = "nothing is written back before `wait`"]
pub struct CallMut<'a, T> {
    pending: Pending,
    /// `None` after the outcome was taken.
    read: Option<Read<'a, T>>,
}

/// Decodes the result and the changed values, then writes the values back.
type Read<'a, T> = Box<dyn FnOnce(&mut ResultReader<'_>) -> Result<T, Failure> + 'a>;

impl<'a, T> CallMut<'a, T> {
    pub(crate) fn new(pending: Pending, read: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure> + 'a) -> Self {
        Self { pending, read: Some(Box::new(read)) }
    }

    /// Returns the number of the call, which errors and trace events show too. `None` if the call
    /// was refused before it got a number.
    #[must_use]
    pub fn id(&self) -> Option<CallId> {
        self.pending.id()
    }

    /// Sets how long the method may run, as [`Call::with_timeout`](crate::Call::with_timeout).
    pub fn with_timeout(self, time: Duration) -> Self {
        self.pending.set_timeout(time);
        self
    }

    /// Cancels the call, as [`Call::cancel`](crate::Call::cancel). If the call ends as cancelled,
    /// the variables stay unchanged.
    pub fn cancel(&self) {
        self.pending.cancel();
    }

    /// Returns a value that cancels the call from another thread or task.
    pub fn canceller(&self) -> Canceller {
        self.pending.canceller()
    }

    /// Has the call cancelled when it is dropped, as
    /// [`Call::cancel_on_drop`](crate::Call::cancel_on_drop).
    pub fn cancel_on_drop(mut self) -> Self {
        self.pending.cancel_on_drop();
        self
    }

    /// Blocks until the outcome is there, writes the changed values back, and returns the result.
    ///
    /// # Errors
    /// The reason why the call has no result: see [`CallError`]. The variables are then unchanged.
    pub fn wait(mut self) -> Result<T, CallError> {
        let read = reading(&mut self.read);
        let outcome = self.pending.read_until(None, read);
        outcome.unwrap_or_else(|| Err(self.pending.taken_before()))
    }

    /// Writes the changed values back and returns the result if the outcome is there, otherwise
    /// returns `None`. Never blocks. After the outcome was taken, returns
    /// [`CallError::AlreadyTaken`].
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> Option<Result<T, CallError>> {
        let read = reading(&mut self.read);
        self.pending.try_read(read)
    }

    /// As [`wait`](Self::wait), but blocks for `timeout` at most. Returns `None` after it; the call
    /// continues.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn wait_timeout(&mut self, timeout: Duration) -> Option<Result<T, CallError>> {
        let read = reading(&mut self.read);
        self.pending.read_within(timeout, read)
    }
}

impl<T> CallMut<'_, T> {
    pub(super) fn poll_read(&mut self, context: &Context<'_>) -> Poll<Result<T, CallError>> {
        let read = reading(&mut self.read);
        self.pending.poll_read(context, read)
    }

    pub(crate) fn pending(&self) -> &Pending {
        &self.pending
    }

    pub(super) fn is_taken(&self) -> bool {
        self.pending.is_taken()
    }
}

/// Returns a closure that takes the reader when the outcome is read. So the reader stays in its
/// place if the outcome is not there yet.
fn reading<T>(read: &mut Option<Read<'_, T>>) -> impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure> {
    move |result| match read.take() {
        Some(read) => read(result),
        None => unreachable!("an outcome is taken once"),
    }
}

impl<T> fmt::Debug for CallMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallMut")
            .field("method", &self.pending.method())
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
