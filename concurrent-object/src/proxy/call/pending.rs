//! A submitted call of any result type: which call it is, and how to wait for its outcome.
//!
//! Knows call numbers, not values. Invariant: the outcome is taken once; a call that is dropped
//! before that is detached.

pub(crate) mod elsewhere;
mod ending;
mod items;
mod moved;

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

pub(crate) use self::moved::PooledCalls;
use self::moved::Trail;
use self::moved::owner_for;
use super::read::OutcomeReader;
use crate::clock::Moment;
use crate::error::{CallError, CallId, PushErrorKind, Started};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::calls::table::Owner;
use crate::parent::object::Object;
use crate::parent::object::awaiting::Polled;
use crate::parent::object::reply::{NoReply, ReceivedReply};
use crate::parent::object::short::TakenReply;
use crate::parent::object::state::ObjectState;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::waited::{AwaitedObject, WaitTarget};
use crate::transport::ring::InlinePayload;

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
    /// A pool has moved the call: its present key, and the records that it has in other objects.
    OpenMoved(CallKey, Trail),
    Refused(Box<CallError>),
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
    let owner = if T::IS_LAST { Owner::Last } else { owner_for(target.reached().0) };
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
            Err(kind) => PendingState::Refused(Box::new(OutcomeReader(&object).refused(method, kind))),
        };
        Self { object, method, cancels_on_drop: false, is_ending: false, state, polled: Polled::default(), last }
    }

    pub(crate) fn method(&self) -> &'static str {
        self.object.method_name(self.method)
    }

    pub(crate) fn id(&self) -> Option<CallId> {
        match &self.state {
            PendingState::Open(key) | PendingState::OpenMoved(key, _) => Some(CallId::new(key.call)),
            PendingState::Refused(error) => error.call(),
            PendingState::Taken(call, _) => Some(*call),
        }
    }

    /// Sets how long the method may run.
    pub(crate) fn set_timeout(&self, timeout: Duration) {
        if let Some((object, key)) = self.found() {
            object.set_timeout(key, timeout);
        }
    }

    /// Cancels the call.
    pub(crate) fn cancel(&self) {
        if let Some((object, key)) = self.found() {
            object.cancel(key);
        }
    }

    /// Takes the outcome, if it is there.
    pub(crate) fn try_read<T>(
        &mut self,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Option<Outcome<T>> {
        loop {
            let Some(key) = self.open() else { return Some(self.refusal()) };
            if !self.object.is_ours() {
                return Some(Err(self.object.forked_copy(Some(self.method()))));
            }
            let to = match self.object.try_take(key)? {
                ReceivedReply { outcome: Err(NoReply::Moved(to)), .. } => to,
                taken => {
                    self.state.finish(CallId::new(key.call), taken.pid);
                    return Some(OutcomeReader(&self.object).read(taken, decode));
                }
            };
            self.follow(to);
        }
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
        let mut payload = InlinePayload::default();
        loop {
            let Some(key) = self.open() else { return Some(self.refusal()) };
            if !self.object.is_ours() {
                return Some(Err(self.object.forked_copy(Some(self.method()))));
            }
            let object = &self.object;
            let look = |state: &mut ObjectState| object.receive_and_take(state, key, &mut payload);
            let to = match object.wait_looking(WaitKey::Call(key), deadline, look)? {
                TakenReply::Short(taken) => {
                    self.state.finish(CallId::new(key.call), taken.pid);
                    return Some(OutcomeReader(&self.object).read_short(taken, key.call, &payload, decode));
                }
                TakenReply::Whole(ReceivedReply { outcome: Err(NoReply::Moved(to)), .. }) => to,
                TakenReply::Whole(taken) => {
                    self.state.finish(CallId::new(key.call), taken.pid);
                    return Some(OutcomeReader(&self.object).read(taken, decode));
                }
            };
            self.follow(to);
        }
    }

    /// Takes the outcome, if it is there. Otherwise registers the task.
    pub(crate) fn poll_read<T>(
        &mut self,
        context: &Context<'_>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Poll<Outcome<T>> {
        loop {
            let Some(key) = self.open() else { return Poll::Ready(self.refusal()) };
            if !self.object.is_ours() {
                return Poll::Ready(Err(self.object.forked_copy(Some(self.method()))));
            }
            ready!(self.poll_end(key, context));
            let (object, polled) = (&self.object, &mut self.polled);
            let ready = |state: &mut ObjectState| object.take(state, key);
            let to = match ready!(object.poll_until(WaitKey::Call(key), context, polled, ready)) {
                ReceivedReply { outcome: Err(NoReply::Moved(to)), .. } => to,
                taken => {
                    self.state.finish(CallId::new(key.call), taken.pid);
                    return Poll::Ready(OutcomeReader(&self.object).read(taken, decode));
                }
            };
            self.follow(to);
        }
    }

    /// Returns what `wait_any` waits for.
    pub(crate) fn waits_for(&self) -> WaitTarget<'_> {
        match self.state {
            PendingState::Open(key) | PendingState::OpenMoved(key, _) => {
                WaitTarget::Object(AwaitedObject(&self.object, WaitKey::Call(key)))
            }
            PendingState::Refused(_) | PendingState::Taken(..) => WaitTarget::Ready,
        }
    }

    /// Has the call cancelled when it is dropped.
    pub(crate) fn cancel_on_drop(&mut self) {
        self.cancels_on_drop = true;
    }

    /// Whether the outcome was taken.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self.state, PendingState::Taken(..))
    }

    fn refusal<T>(&self) -> Outcome<T> {
        match &self.state {
            PendingState::Refused(error) => Err(CallError::clone(error)),
            PendingState::Open(_) | PendingState::OpenMoved(..) | PendingState::Taken(..) => Err(self.taken_before()),
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
        if self.open().is_none() || !self.object.is_ours() {
            return;
        }
        self.follow_moves();
        let Some(key) = self.open() else { return };
        self.object.forget_task(WaitKey::State, &mut self.polled);
        if self.cancels_on_drop {
            self.object.cancel(key);
        }
        self.object.poll().calls.detach(key);
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
