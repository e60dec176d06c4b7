//! The proxy of an object in the parent: what every generated proxy wraps.
//!
//! Knows outputs, not methods or their arguments. Invariant: every function may be called from any
//! thread, and has no effect in a forked copy of the parent.

pub(crate) mod block_on;
pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod loan;

pub(crate) mod decoded;
pub(crate) mod futures;
pub(crate) mod handle;
pub(crate) mod items;
pub(crate) mod lending;
pub(crate) mod object_handle;
pub(crate) mod opaque_handle;
pub(crate) mod pool;
pub(crate) mod push;
#[cfg(feature = "bridge")]
pub(crate) mod relayed;
pub(crate) mod several;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod target;
pub(crate) mod waited;

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
use crate::parent::calls::key::WaitKey;
use crate::parent::life::phase::Summary;
use crate::parent::object::Object;
use crate::parent::object::reply::ReceivedReply;
use crate::protocol::methods::Methods;
use crate::proxy::call::read::OutcomeReader;
use crate::proxy::futures::Futures;

/// The part that all generated proxies have in common.
///
/// Dropping it ends the object as [`terminate`](Self::terminate) does, and may block as long. In a
/// forked copy of the parent, dropping it does nothing.
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

    /// Returns what can be pushed and pulled at the moment. Never blocks and never fails.
    #[must_use]
    pub fn status(&self) -> Status {
        if !self.object.is_ours() {
            return Status { can_push: true, can_pull: false, state: State::Ended };
        }
        let (life, can_push, can_pull) = self.object.status();
        Status { can_push, can_pull, state: State::of(&life) }
    }

    /// Blocks until the constructor has returned, or has failed.
    ///
    /// Calls may be submitted before that. The object serves them in their order once it is ready.
    ///
    /// # Errors
    /// The [`StartError`] that says why the object was not constructed: its constructor's error,
    /// panic or crash. Also an error if the object has ended since.
    pub fn wait_until_ready(&self) -> Result<(), StartError> {
        self.ready_by(None).unwrap_or(Ok(()))
    }

    /// Blocks as [`wait_until_ready`](Self::wait_until_ready), but for `timeout` at most.
    ///
    /// # Errors
    /// [`StartError::NotReady`] after `timeout`; the object may become ready later. Otherwise as
    /// for [`wait_until_ready`](Self::wait_until_ready).
    pub fn wait_until_ready_timeout(&self, timeout: Duration) -> Result<(), StartError> {
        self.ready_by(Some(Moment::after(timeout))).unwrap_or(Err(StartError::NotReady { waited: timeout }))
    }

    fn ready_by(&self, deadline: Option<Moment>) -> Option<Result<(), StartError>> {
        if !self.object.is_ours() {
            return Some(Err(StartError::ForkedCopy));
        }
        self.object.wait_until(WaitKey::State, deadline, |state| match state.summary() {
            Summary::Starting => None,
            Summary::Ready => Some(Ok(())),
            Summary::Ended(end) => Some(Err(end.start_error())),
        })
    }

    /// Lets the object serve every call that was submitted, then ends it. Blocks until the object
    /// has ended: for as long as those calls take, plus the builder's `grace` at most.
    ///
    /// Outcomes that were not taken can still be taken. New calls are refused.
    ///
    /// # Errors
    /// [`Error::NotEnded`] if the process cannot be ended, and an error in a forked copy of the
    /// process that started the object. It is no error if the object has ended already.
    pub fn close(&self) -> Result<(), Error> {
        self.object.close()
    }

    /// Ends the object: the child finishes the running method, drops the object, and exits. Blocks
    /// until the process has ended. If that takes longer than the builder's `grace` (5 seconds by
    /// default), the child is killed.
    ///
    /// The outcome of calls that had not started is [`CallError::Ended`]. New calls are refused.
    ///
    /// # Errors
    /// As for [`close`](Self::close).
    pub fn terminate(&self) -> Result<(), Error> {
        self.object.terminate()
    }

    /// Kills the child at once, whatever it is doing. The object's `Drop` does not run. Blocks
    /// until the process has ended, which takes a few milliseconds.
    ///
    /// A thread ([`in_thread`](crate::Builder::in_thread)) cannot be killed. Its method is asked to
    /// return, and its object is dropped. If the method still runs a moment later, this is the
    /// error [`NotEnded`](Error::NotEnded). The object then ends when the method returns, at the
    /// latest when `cancel_grace` is over.
    ///
    /// # Errors
    /// As for [`close`](Self::close).
    pub fn kill(&self) -> Result<(), Error> {
        self.object.kill()
    }

    /// Returns the functions that wait as futures: `ready`, `pull`, `close` and the others.
    #[must_use]
    pub fn futures(&self) -> Futures<O> {
        Futures::new(self.object.clone())
    }

    /// Returns a handle, through which you get the object's name, its process id and its
    /// statistics.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(self.object.clone())
    }
}

impl<O: Methods> Proxy<O> {
    /// Takes the outcome of the oldest pushed call. Returns `None` if that call has no outcome yet,
    /// or if every pushed call was pulled. Never blocks.
    ///
    /// Outcomes come in the order of the pushes. The outcomes of calls that have a
    /// [`Call`](crate::Call) are never pulled.
    ///
    /// # Errors
    /// The [`CallError`] of that call, if it has no result. If every pushed call was pulled and the
    /// object has ended: the error that says why it ended.
    pub fn pull(&self) -> Result<Option<O>, CallError> {
        self.check_ours()?;
        let mut state = self.object.poll();
        let taken = match state.calls.table.front() {
            Some(key) => self.object.take(&mut state, key),
            None => match self.object.error_of_end(&state) {
                Some(error) => return Err(error),
                None => None,
            },
        };
        drop(state);
        taken.map(|taken| self.read(taken)).transpose()
    }

    /// As [`pull`](Self::pull), but blocks until the outcome is there. Returns `None` at once if
    /// every pushed call was pulled.
    ///
    /// # Errors
    /// As for [`pull`](Self::pull).
    pub fn wait_pull(&self) -> Result<Option<O>, CallError> {
        self.pull_by(None)
    }

    /// As [`wait_pull`](Self::wait_pull), but blocks for `timeout` at most. Also returns `None` if
    /// there is no outcome after `timeout`.
    ///
    /// # Errors
    /// As for [`pull`](Self::pull).
    pub fn wait_pull_timeout(&self, timeout: Duration) -> Result<Option<O>, CallError> {
        self.pull_by(Some(Moment::after(timeout)))
    }

    fn pull_by(&self, deadline: Option<Moment>) -> Result<Option<O>, CallError> {
        self.check_ours()?;
        let found = self.object.wait_until(WaitKey::Pull, deadline, |state| match state.calls.table.front() {
            Some(key) => self.object.take(state, key).map(|taken| Ok(Some(taken))),
            None => Some(self.object.error_of_end(state).map_or(Ok(None), Err)),
        });
        found.unwrap_or(Ok(None))?.map(|taken| self.read(taken)).transpose()
    }

    /// Iterates over the outcomes that are there now, oldest first. Never blocks.
    ///
    /// # Errors
    /// Each item is the outcome of one pushed call: its result, or its [`CallError`].
    pub fn drain(&self) -> impl Iterator<Item = Result<O, CallError>> {
        std::iter::from_fn(|| {
            let ready = self.status().can_pull;
            ready.then(|| self.pull().transpose()).flatten()
        })
    }

    fn read(&self, taken: ReceivedReply<'_>) -> Result<O, CallError> {
        let method = taken.method;
        OutcomeReader(&self.object).read(taken, |result| O::decode(method, result))
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
        self.object.drop_proxy();
    }
}

impl<O> fmt::Debug for Proxy<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.object.identity.name;
        f.debug_struct("Proxy").field("name", name).field("pid", &self.object.pid()).finish_non_exhaustive()
    }
}
