//! The parent's end of an object: what every generated proxy wraps.
//!
//! Knows outputs, not methods. Everything here may be called from any thread.

pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod loan;

pub(crate) mod handle;
pub(crate) mod lending;
pub(crate) mod push;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod target;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

pub use self::handle::Handle;
pub(crate) use self::push::push;
pub(crate) use self::start::{Code, start};
pub use self::status::{State, Status};

use crate::clock::Moment;
use crate::error::{CallError, Error, StartError};
use crate::parent::calls::key::Key;
use crate::parent::life::phase::Life;
use crate::parent::object::Object;
use crate::parent::object::reply::ReceivedReply;
use crate::protocol::methods::Methods;

/// What all proxies have in common.
///
/// Dropping it ends the object as [`terminate`](Self::terminate) does, and may block as long.
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
///     divider.push_divide(42, 6)?;
///     divider.push_divide(1, 0)?; // it will panic
///     assert!(matches!(divider.wait_pull()?, Some(DividerOutput::Divide(7))));
///     assert!(divider.wait_pull().is_err()); // the panic, as an error; the object lives on
///     assert!(divider.wait_pull()?.is_none()); // nothing more was pushed
///     divider.close()?; // serves what was called, then ends the object
///     Ok(())
/// }
/// ```
pub struct Proxy<O> {
    pub(crate) object: Arc<Object>,
    output: PhantomData<fn() -> O>,
}

impl<O> Proxy<O> {
    pub(crate) fn new(object: Arc<Object>) -> Self {
        Self { object, output: PhantomData }
    }

    /// What can be pushed and pulled now. Never blocks and never fails.
    #[must_use]
    pub fn status(&self) -> Status {
        if !self.object.is_ours() {
            return Status { can_push: true, can_pull: false, state: State::Ended };
        }
        let (life, can_push, can_pull) = self.object.status();
        Status { can_push, can_pull, state: State::of(&life) }
    }

    /// Blocks until the constructor has returned, or until it is known that it never will.
    ///
    /// Calls may be made before; they are served in their order once the object is ready.
    ///
    /// # Errors
    /// Why there is no object: its constructor's error, panic or crash. Also if the object has died since.
    pub fn wait_until_ready(&self) -> Result<(), StartError> {
        self.ready_by(None).unwrap_or(Ok(()))
    }

    /// As [`wait_until_ready`](Self::wait_until_ready), for at most this time.
    ///
    /// # Errors
    /// [`StartError::NotReady`] if the time is over; it may become ready later.
    pub fn wait_until_ready_timeout(&self, timeout: Duration) -> Result<(), StartError> {
        self.ready_by(Some(Moment::after(timeout))).unwrap_or(Err(StartError::NotReady { waited: timeout }))
    }

    fn ready_by(&self, deadline: Option<Moment>) -> Option<Result<(), StartError>> {
        if !self.object.is_ours() {
            return Some(Err(StartError::ForkedCopy));
        }
        self.object.wait_until(Key::State, deadline, |state| match state.life() {
            Life::Starting => None,
            Life::Ready => Some(Ok(())),
            Life::Ended(end) => Some(Err(end.start_error())),
        })
    }

    /// Serves every call that was made, then ends the object. Blocks until then: as long as those calls take, and at most
    /// the grace period more. Outcomes that were not taken can still be taken. No new calls are accepted.
    ///
    /// # Errors
    /// If the process cannot be ended, or this is a forked copy of the one that started it. An object that is gone already
    /// is no error.
    pub fn close(&self) -> Result<(), Error> {
        self.object.close()
    }

    /// Ends the object: the running method is finished, the object dropped, and the process reaped. Blocks until then, but
    /// at most the grace period (5 seconds unless the builder says otherwise); after it the process is killed. Calls that
    /// had not started have [`CallError::Ended`] as their outcome. No new calls are accepted.
    ///
    /// # Errors
    /// As for [`close`](Self::close).
    pub fn terminate(&self) -> Result<(), Error> {
        self.object.terminate()
    }

    /// Ends the object's process at once, whatever it is doing; its `Drop` does not run. Blocks until the process is gone,
    /// a few milliseconds.
    ///
    /// # Errors
    /// As for [`close`](Self::close).
    pub fn kill(&self) -> Result<(), Error> {
        self.object.kill()
    }

    /// Everything else that is to be known of the object: its name, its process, its numbers.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(self.object.clone())
    }
}

impl<O: Methods> Proxy<O> {
    /// The outcome of the oldest pushed call that was not pulled yet; `None` if it is not there yet, or nothing was pushed.
    /// Never blocks. Outcomes come in the order of the pushes; those of calls that a [`Call`](crate::Call) holds never come
    /// here.
    ///
    /// # Errors
    /// What became of that call instead of a result. On an object that is gone, when nothing is left to pull: that it is
    /// gone, and why.
    pub fn pull(&self) -> Result<Option<O>, CallError> {
        self.check_ours()?;
        let mut state = self.object.poll();
        let taken = match state.calls.table.front() {
            Some(key) => self.object.take(&mut state, key),
            None => match self.object.gone(&state) {
                Some(error) => return Err(error),
                None => None,
            },
        };
        drop(state);
        taken.map(|taken| self.read(taken)).transpose()
    }

    /// As [`pull`](Self::pull), but blocks until the outcome is there. `None` at once if nothing was pushed that is still to
    /// come.
    ///
    /// # Errors
    /// As for [`pull`](Self::pull).
    pub fn wait_pull(&self) -> Result<Option<O>, CallError> {
        self.pull_by(None)
    }

    /// As [`wait_pull`](Self::wait_pull), for at most this time; `None` also if it is over.
    ///
    /// # Errors
    /// As for [`pull`](Self::pull).
    pub fn wait_pull_timeout(&self, timeout: Duration) -> Result<Option<O>, CallError> {
        self.pull_by(Some(Moment::after(timeout)))
    }

    fn pull_by(&self, deadline: Option<Moment>) -> Result<Option<O>, CallError> {
        self.check_ours()?;
        let found = self.object.wait_until(Key::Pull, deadline, |state| match state.calls.table.front() {
            Some(key) => self.object.take(state, key).map(|taken| Ok(Some(taken))),
            None => Some(self.object.gone(state).map_or(Ok(None), Err)),
        });
        found.unwrap_or(Ok(None))?.map(|taken| self.read(taken)).transpose()
    }

    /// The outcomes that are there now, oldest first. Never blocks.
    ///
    /// # Errors
    /// Each item is the outcome of one pushed call: its result, or what became of it instead.
    pub fn drain(&self) -> impl Iterator<Item = Result<O, CallError>> {
        std::iter::from_fn(|| {
            let ready = self.status().can_pull;
            ready.then(|| self.pull().transpose()).flatten()
        })
    }

    fn read(&self, taken: ReceivedReply<'_>) -> Result<O, CallError> {
        let method = taken.method;
        self.object.read(taken, |result| O::decode(method, result))
    }

    fn check_ours(&self) -> Result<(), CallError> {
        if self.object.is_ours() { Ok(()) } else { Err(self.object.forked_copy(None)) }
    }
}

impl<O> Drop for Proxy<O> {
    fn drop(&mut self) {
        if !self.object.is_ours() || self.object.is_consumed() {
            return;
        }
        // There is nobody to tell of a process that does not die.
        let _stuck = self.object.terminate();
    }
}

impl<O> fmt::Debug for Proxy<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.object.identity.name;
        f.debug_struct("Proxy").field("name", name).field("pid", &self.object.pid()).finish_non_exhaustive()
    }
}
