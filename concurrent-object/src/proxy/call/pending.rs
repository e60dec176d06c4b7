//! A submitted call of any result type: which call it is, and how to wait for its outcome.
//!
//! Knows call numbers, not values. Invariant: the outcome is taken once; a call that is dropped
//! before that is detached.

mod items;

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::canceller::Canceller;
use super::read::OutcomeReader;
use crate::clock::Moment;
use crate::error::{CallError, CallId, PushErrorKind, Started};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::calls::table::Owner;
use crate::parent::object::Object;
use crate::parent::object::awaiting::Polled;
use crate::parent::object::state::ObjectState;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::waited::{AwaitedObject, WaitTarget};

/// A submitted call, or one that was refused.
pub struct Pending {
    object: Arc<Object>,
    method: u32,
    cancels_on_drop: bool,
    /// Whether a task waits for the end of the object: its last call has an outcome.
    is_ending: bool,
    state: PendingState,
    polled: Polled,
    /// The object that ends with this call, if there is one. Declared last, since it must be
    /// dropped after the fields above.
    last: Option<Last>,
}

#[derive(Debug)]
enum PendingState {
    Open(CallKey),
    Refused(CallError),
    /// The number of the call, and the process that it ran in.
    Taken(CallId, u32),
}

/// The target of a call: the borrowed proxy, or the proxy itself for a method that takes `self` by
/// value.
pub trait Target {
    /// Whether the object ends with the call.
    #[doc(hidden)]
    const IS_LAST: bool;

    #[doc(hidden)]
    fn reached(&self) -> Reached<'_>;

    /// Returns the number of a method in messages, errors and events.
    #[doc(hidden)]
    fn number(&self, method: u32) -> u32 {
        method
    }

    /// Writes what stands before the arguments of a method.
    #[doc(hidden)]
    fn begin(&self, _method: u32, _arguments: &mut ArgumentWriter<'_>) {}
}

/// The object behind a proxy.
#[derive(Debug)]
pub struct Reached<'t>(pub(crate) &'t Arc<Object>);

/// An object whose proxy was consumed. It ends with its last call.
struct Last(Arc<Object>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.drop_last_call();
    }
}

/// Submits a call.
#[inline]
pub(crate) fn submit<T: Target>(target: T, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Pending {
    let owner = if T::IS_LAST { Owner::Last } else { Owner::Call };
    submit_for(target, owner, method, write)
}

/// Submits a call whose outcome this owner takes.
#[inline]
pub(crate) fn submit_for<T: Target>(
    target: T,
    owner: Owner,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Pending {
    let object = target.reached().0.clone();
    let number = target.number(method);
    let outcome = object.submit(number, owner, |arguments| {
        target.begin(method, arguments);
        write(arguments);
    });
    let is_last = outcome.is_ok() && T::IS_LAST;
    // If the last call was accepted, it ends the object; otherwise dropping the proxy here does.
    drop(target);
    Pending::new(object, number, outcome, is_last)
}

type Outcome<T> = Result<T, CallError>;

impl Pending {
    #[inline]
    fn new(object: Arc<Object>, method: u32, outcome: Result<CallKey, PushErrorKind>, is_last: bool) -> Self {
        let last = is_last.then(|| Last(object.clone()));
        let state = match outcome {
            Ok(key) => PendingState::Open(key),
            Err(kind) => PendingState::Refused(OutcomeReader(&object).refused(method, kind)),
        };
        Self { object, method, cancels_on_drop: false, is_ending: false, state, polled: Polled::default(), last }
    }

    pub(crate) fn method(&self) -> &'static str {
        self.object.method_name(self.method)
    }

    pub(crate) fn id(&self) -> Option<CallId> {
        match &self.state {
            PendingState::Open(key) => Some(CallId::new(key.call)),
            PendingState::Refused(error) => error.call(),
            PendingState::Taken(call, _) => Some(*call),
        }
    }

    /// Sets how long the method may run.
    pub(crate) fn set_timeout(&self, timeout: Duration) {
        if let PendingState::Open(key) = self.state
            && self.object.is_ours()
        {
            self.object.set_timeout(key, timeout);
        }
    }

    /// Cancels the call.
    pub(crate) fn cancel(&self) {
        if let PendingState::Open(key) = self.state
            && self.object.is_ours()
        {
            self.object.cancel(key);
        }
    }

    /// Takes the outcome, if it is there.
    pub(crate) fn try_read<T>(
        &mut self,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Option<Outcome<T>> {
        let PendingState::Open(key) = self.state else { return Some(self.refusal()) };
        if !self.object.is_ours() {
            return Some(Err(self.object.forked_copy(Some(self.method()))));
        }
        let mut state = self.object.poll();
        let taken = self.object.take(&mut state, key)?;
        drop(state);
        self.state = PendingState::Taken(CallId::new(key.call), taken.pid);
        Some(OutcomeReader(&self.object).read(taken, decode))
    }

    /// Takes the outcome, if it comes within this time.
    pub(crate) fn read_within<T>(
        &mut self,
        timeout: Duration,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Option<Outcome<T>> {
        // `Moment::after` turns a timeout that exceeds the clock into no deadline.
        self.read_until(Some(Moment::after(timeout)), decode)
    }

    /// Takes the outcome, if it comes before the deadline.
    pub(crate) fn read_until<T>(
        &mut self,
        deadline: Option<Moment>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Option<Outcome<T>> {
        let PendingState::Open(key) = self.state else { return Some(self.refusal()) };
        if !self.object.is_ours() {
            return Some(Err(self.object.forked_copy(Some(self.method()))));
        }
        let object = &self.object;
        let taken = object.wait_until(WaitKey::Call(key), deadline, |state| object.take(state, key))?;
        self.state = PendingState::Taken(CallId::new(key.call), taken.pid);
        Some(OutcomeReader(&self.object).read(taken, decode))
    }

    /// Takes the outcome, if it is there. Otherwise registers the task.
    pub(crate) fn poll_read<T>(
        &mut self,
        context: &Context<'_>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Poll<Outcome<T>> {
        let PendingState::Open(key) = self.state else { return Poll::Ready(self.refusal()) };
        if !self.object.is_ours() {
            return Poll::Ready(Err(self.object.forked_copy(Some(self.method()))));
        }
        ready!(self.poll_end(key, context));
        let (object, polled) = (&self.object, &mut self.polled);
        let taken = object.poll_until(WaitKey::Call(key), context, polled, |state| object.take(state, key));
        let Poll::Ready(taken) = taken else { return Poll::Pending };
        self.state = PendingState::Taken(CallId::new(key.call), taken.pid);
        Poll::Ready(OutcomeReader(&self.object).read(taken, decode))
    }

    /// Waits until an object has ended whose last call this is. Otherwise dropping the call would
    /// block for that.
    fn poll_end(&mut self, key: CallKey, context: &Context<'_>) -> Poll<()> {
        if self.last.is_none() {
            return Poll::Ready(());
        }
        if !self.is_ending {
            let is_settled = |state: &mut ObjectState| state.calls.table.is_settled(key).then_some(());
            ready!(self.object.poll_until(WaitKey::Call(key), context, &mut self.polled, is_settled));
            if self.object.end_consumed_in_background().is_err() {
                // Then dropping the call ends the object, and blocks.
                return Poll::Ready(());
            }
            self.is_ending = true;
        }
        let has_ended = |state: &mut ObjectState| Object::outcome_of_end(state).map(drop);
        self.object.poll_until(WaitKey::State, context, &mut self.polled, has_ended)
    }

    /// Returns what `wait_any` waits for.
    pub(crate) fn waits_for(&self) -> WaitTarget<'_> {
        match self.state {
            PendingState::Open(key) => WaitTarget::Object(AwaitedObject(&self.object, WaitKey::Call(key))),
            PendingState::Refused(_) | PendingState::Taken(..) => WaitTarget::Ready,
        }
    }

    /// Has the call cancelled when it is dropped.
    pub(crate) fn cancel_on_drop(&mut self) {
        self.cancels_on_drop = true;
    }

    pub(crate) fn canceller(&self) -> Canceller {
        Canceller::new(self.object.clone(), self.key())
    }

    /// Whether the outcome was taken.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self.state, PendingState::Taken(..))
    }

    fn refusal<T>(&self) -> Outcome<T> {
        match &self.state {
            PendingState::Refused(error) => Err(error.clone()),
            PendingState::Open(_) | PendingState::Taken(..) => Err(self.taken_before()),
        }
    }

    pub(crate) fn taken_before(&self) -> CallError {
        let pid = if let PendingState::Taken(_, pid) = self.state { pid } else { self.object.pid() };
        let info = self.object.call_info_in(pid, Some(self.method()), self.id().map(CallId::get), Started::Yes);
        CallError::AlreadyTaken { info }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let PendingState::Open(key) = self.state
            && self.object.is_ours()
        {
            self.object.forget_task(WaitKey::State, &mut self.polled);
            if self.cancels_on_drop {
                self.object.cancel(key);
            }
            self.object.poll().calls.detach(key);
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("state", &self.state)
            .field("is_last", &self.last.is_some())
            .finish_non_exhaustive()
    }
}
