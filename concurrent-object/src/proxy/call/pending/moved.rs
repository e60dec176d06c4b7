//! A call of a pool: it may move to another member before it starts, and its `Call` follows it.
//!
//! Each object that the call has left keeps a record that names the next one. So whatever knows the
//! call by an older key, such as a canceller, finds it. The records are released with the call.
//!
//! Knows keys and objects. Invariant: a call has at most one record that is not `Moved`.

use std::cell::Cell;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{Pending, PendingState};
use crate::error::CallId;
use crate::parent::calls::key::{CallKey, WaitKey};
use crate::parent::calls::moved::MovedTo;
use crate::parent::calls::table::Owner;
use crate::parent::object::Object;
use crate::parent::object::awaiting::Polled;
use crate::parent::object::state::ObjectState;
use crate::proxy::call::canceller::Canceller;

thread_local! {
    /// The address of the object whose calls may move, while this thread submits one for a pool.
    static POOLED: Cell<usize> = const { Cell::new(0) };
}

/// While it exists, the calls of one object that this thread submits may move.
#[derive(Debug)]
pub(crate) struct PooledCalls {
    before: usize,
}

impl PooledCalls {
    pub(crate) fn of(object: &Object) -> Self {
        Self { before: POOLED.replace(object.address()) }
    }
}

impl Drop for PooledCalls {
    fn drop(&mut self) {
        POOLED.set(self.before);
    }
}

/// Returns the owner of a call of this object that this thread submits.
#[inline]
pub(super) fn owner_for(object: &Object) -> Owner {
    if POOLED.get() == object.address() { Owner::Pooled } else { Owner::Call }
}

/// The records of a call in the objects that it has left.
#[derive(Debug, Default)]
pub(super) struct Trail(Vec<(Arc<Object>, CallKey)>);

impl Drop for Trail {
    fn drop(&mut self) {
        for (object, key) in self.0.drain(..) {
            if object.is_ours() {
                object.poll().calls.detach(key);
            }
        }
    }
}

impl PendingState {
    /// Notes that the outcome was taken.
    #[inline]
    pub(super) fn finish(&mut self, call: CallId, pid: u32) {
        match self {
            // It holds nothing to drop. Assigning it would run drop checks.
            Self::Open(_) => mem::forget(mem::replace(self, Self::Taken(call, pid))),
            _ => *self = Self::Taken(call, pid),
        }
    }
}

impl Pending {
    /// Returns the key of a call whose outcome was not taken.
    #[inline]
    pub(super) fn open(&self) -> Option<CallKey> {
        match self.state {
            PendingState::Open(key) | PendingState::OpenMoved(key, _) => Some(key),
            PendingState::Refused(_) | PendingState::Taken(..) => None,
        }
    }

    pub(crate) fn canceller(&self) -> Canceller {
        Canceller::new(self.object.clone(), self.open())
    }

    /// Returns the object that has the call now, and its key there. `None` if the outcome was
    /// taken, and in a forked copy.
    pub(super) fn found(&self) -> Option<(Arc<Object>, CallKey)> {
        let key = self.open().filter(|_| self.object.is_ours())?;
        Some(self.object.find_moved(key))
    }

    /// Goes on with the object that has the call now.
    #[cold]
    pub(super) fn follow(&mut self, to: MovedTo) {
        let left = mem::replace(&mut self.object, to.object());
        match mem::replace(&mut self.state, PendingState::OpenMoved(to.key, Trail::default())) {
            PendingState::Open(key) => self.note_left(left, key),
            PendingState::OpenMoved(key, trail) => {
                self.state = PendingState::OpenMoved(to.key, trail);
                self.note_left(left, key);
            }
            PendingState::Refused(_) | PendingState::Taken(..) => unreachable!("it was open"),
        }
        self.polled = Polled::default();
    }

    fn note_left(&mut self, object: Arc<Object>, key: CallKey) {
        if let PendingState::OpenMoved(_, trail) = &mut self.state {
            trail.0.push((object, key));
        }
    }

    /// Goes on with the object that has the call now, if it has moved.
    pub(crate) fn follow_moves(&mut self) {
        while let Some(to) = self.open().and_then(|key| self.object.moved_to(key)) {
            self.follow(to);
        }
    }

    /// Whether this object has the call, as far as is known, or had it.
    pub(crate) fn is_at(&self, object: &Arc<Object>) -> bool {
        Arc::ptr_eq(&self.object, object)
    }

    /// Returns the object that has the call, as far as is known, and the call's key there. `None`
    /// if the outcome was taken.
    pub(crate) fn place(&self) -> Option<(Arc<Object>, CallKey)> {
        Some((self.object.clone(), self.open()?))
    }

    /// Cancels the call if it has not begun. A method that runs goes on.
    pub(crate) fn withdraw(&self) {
        if let Some((object, key)) = self.found() {
            object.cancel_if_waiting(key);
        }
    }

    /// Resolves when the outcome is there, or when the call has moved. Takes nothing.
    pub(crate) fn poll_settled(&mut self, context: &Context<'_>) -> Poll<()> {
        let Some(key) = self.open().filter(|_| self.object.is_ours()) else { return Poll::Ready(()) };
        let is_settled = |state: &mut ObjectState| state.calls.table.is_settled(key).then_some(());
        self.object.poll_until(WaitKey::Call(key), context, &mut self.polled, is_settled)
    }
}
