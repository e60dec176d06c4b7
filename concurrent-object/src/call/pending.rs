//! A call whose outcome was not taken yet, whatever its type: where it is, and how to wait for it.
//!
//! Knows tickets, not values. Invariant: the outcome is taken once; a call that is dropped before is abandoned.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Moment;
use crate::error::failure::Failure;
use crate::error::{CallError, CallId, PushErrorKind, Started};
use crate::link::{ArgumentWriter, Key, Link, Owner, Ticket};
use crate::output::ResultReader;

/// A call that was made.
pub struct Pending {
    link: Arc<Link>,
    method: u32,
    state: State,
    /// The object that ends with this call. After the fields that the call's own end needs.
    last: Option<Last>,
}

#[derive(Debug)]
enum State {
    Open(Ticket),
    Refused(CallError),
    /// The call, and the process that it ran in.
    Taken(CallId, u32),
}

/// Whom a call is made on: the proxy, borrowed, or for a method that takes `self` by value the proxy itself.
pub trait Target {
    /// Whether the object ends with the call.
    #[doc(hidden)]
    const IS_LAST: bool;

    #[doc(hidden)]
    fn reached(&self) -> Reached<'_>;
}

/// The object behind a proxy.
#[derive(Debug)]
pub struct Reached<'t>(pub(crate) &'t Arc<Link>);

/// An object that has no proxy any more, and ends with its last call.
struct Last(Arc<Link>);

impl Drop for Last {
    fn drop(&mut self) {
        // In a forked copy nothing is to be done; and there is nobody to tell of a process that does not die.
        let _not_ours_or_stuck = self.0.end_consumed();
    }
}

/// Makes a call.
#[inline]
pub(crate) fn submit<T: Target>(target: T, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Pending {
    let link = target.reached().0.clone();
    let outcome = link.submit(method, if T::IS_LAST { Owner::Last } else { Owner::Held }, write);
    let is_last = outcome.is_ok() && T::IS_LAST;
    // A proxy whose last call was accepted ends with it, and not here.
    drop(target);
    Pending::new(link, method, outcome, is_last)
}

type Outcome<T> = Result<T, CallError>;

impl Pending {
    fn new(link: Arc<Link>, method: u32, outcome: Result<Ticket, PushErrorKind>, is_last: bool) -> Self {
        let last = is_last.then(|| Last(link.clone()));
        let state = match outcome {
            Ok(ticket) => State::Open(ticket),
            Err(kind) => State::Refused(link.refused(method, kind)),
        };
        Self { link, method, state, last }
    }

    pub(super) fn method(&self) -> &'static str {
        self.link.method_name(self.method)
    }

    pub(super) fn id(&self) -> CallId {
        match &self.state {
            State::Open(ticket) => CallId::new(ticket.call),
            State::Refused(error) => error.call(),
            State::Taken(call, _) => *call,
        }
    }

    /// Sets how long the method may run.
    pub(super) fn set_timeout(&self, timeout: Duration) {
        if let State::Open(ticket) = self.state
            && self.link.is_ours()
        {
            self.link.set_timeout(ticket, timeout);
        }
    }

    /// Ends the call early.
    pub(super) fn cancel(&self) {
        if let State::Open(ticket) = self.state
            && self.link.is_ours()
        {
            self.link.cancel(ticket);
        }
    }

    /// The outcome, if it is there.
    pub(super) fn try_read<T>(
        &mut self,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Option<Outcome<T>> {
        let State::Open(ticket) = self.state else { return Some(self.refusal()) };
        if !self.link.is_ours() {
            return Some(Err(self.link.forked_copy(self.method())));
        }
        let mut core = self.link.touch();
        let taken = self.link.take(&mut core, ticket)?;
        drop(core);
        self.state = State::Taken(CallId::new(ticket.call), taken.pid);
        Some(self.link.read(taken, decode))
    }

    /// The outcome, if it comes within this time.
    pub(super) fn read_within<T>(
        &mut self,
        timeout: Duration,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Option<Outcome<T>> {
        // A time that no clock can show is for ever.
        self.read_until(Some(Moment::after(timeout)), decode)
    }

    /// The outcome, if it comes before the deadline.
    pub(super) fn read_until<T>(
        &mut self,
        deadline: Option<Moment>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Option<Outcome<T>> {
        let State::Open(ticket) = self.state else { return Some(self.refusal()) };
        if !self.link.is_ours() {
            return Some(Err(self.link.forked_copy(self.method())));
        }
        let link = &self.link;
        let taken = link.wait_until(Key::Call(ticket), deadline, |core| link.take(core, ticket))?;
        self.state = State::Taken(CallId::new(ticket.call), taken.pid);
        Some(self.link.read(taken, decode))
    }

    fn refusal<T>(&self) -> Outcome<T> {
        match &self.state {
            State::Refused(error) => Err(error.clone()),
            State::Open(_) | State::Taken(..) => Err(self.taken_before()),
        }
    }

    pub(super) fn taken_before(&self) -> CallError {
        let pid = if let State::Taken(_, pid) = self.state { pid } else { self.link.pid() };
        let site = self.link.site_in(pid, self.method(), self.id().get(), Started::Yes);
        CallError::AlreadyTaken { site }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let State::Open(ticket) = self.state
            && self.link.is_ours()
        {
            self.link.touch().abandon(ticket);
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
