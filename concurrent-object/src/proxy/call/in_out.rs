//! A call that changes variables of its caller: what the method made of them is written back when the result is taken.
//!
//! Invariant: the variables change all together, after everything was read, or not at all.

use std::fmt;
use std::time::Duration;

use super::pending::Pending;
use crate::error::{CallError, CallId};
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;

/// A call of a method with `&mut` arguments.
///
/// The method changes copies of them in the child. [`wait`](Self::wait) writes the changed values back and gives the result.
/// Until then the variables are borrowed and unchanged; if the call fails they stay so. Dropping it abandons the result
/// and the changes: the method runs all the same.
///
/// There is no push form: a pull could come at any time, and would have to find the variables still borrowed.
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
    /// Gone when the outcome was taken.
    read: Option<Read<'a, T>>,
}

/// Reads the result and the changed values, then writes these back.
type Read<'a, T> = Box<dyn FnOnce(&mut ResultReader<'_>) -> Result<T, Failure> + 'a>;

impl<'a, T> CallMut<'a, T> {
    pub(crate) fn new(pending: Pending, read: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure> + 'a) -> Self {
        Self { pending, read: Some(Box::new(read)) }
    }

    /// Which call this is: its number, which errors and traces name too; `None` if it was refused before it got one.
    #[must_use]
    pub fn id(&self) -> Option<CallId> {
        self.pending.id()
    }

    /// As [`Call::with_timeout`](crate::Call::with_timeout).
    pub fn with_timeout(self, time: Duration) -> Self {
        self.pending.set_timeout(time);
        self
    }

    /// As [`Call::cancel`](crate::Call::cancel). The variables are unchanged then.
    pub fn cancel(&self) {
        self.pending.cancel();
    }

    /// Blocks until the outcome is there, writes the changed values back, and gives the result.
    ///
    /// # Errors
    /// Whatever became of the call instead of a result: see [`CallError`]. The variables are unchanged then.
    pub fn wait(mut self) -> Result<T, CallError> {
        let read = reading(&mut self.read);
        let outcome = self.pending.read_until(None, read);
        outcome.unwrap_or_else(|| Err(self.pending.taken_before()))
    }

    /// If the outcome is there, writes the changed values back and gives the result. Never blocks. After it was given once,
    /// it is gone: then an error says so.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> Option<Result<T, CallError>> {
        let read = reading(&mut self.read);
        self.pending.try_read(read)
    }

    /// As [`wait`](Self::wait), for at most this time; then nothing, and the call goes on.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn wait_timeout(&mut self, timeout: Duration) -> Option<Result<T, CallError>> {
        let read = reading(&mut self.read);
        self.pending.read_within(timeout, read)
    }
}

/// Takes the reader when it is needed: an outcome that is not there yet leaves it where it is.
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
