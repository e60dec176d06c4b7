//! One call under way: is its outcome there, wait for it, take it.
//!
//! Knows types; the bytes come from `link`. A value is decoded by whoever takes it, on that thread and without any lock.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::error::failure::Failure;
use crate::error::{CallError, CallId, Message, PushErrorKind, Started};
use crate::link::{ArgumentWriter, Key, Link, Owner, Taken, Ticket};
use crate::memory::Foreign;
use crate::output::ResultReader;
use crate::wire::Raw;

/// A call that was made and whose result was not taken yet.
///
/// It holds on to what it needs: it may outlive its proxy, go to another thread, and be taken in any order with others.
/// Dropping it abandons the result and nothing else: the method runs all the same.
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
    link: Arc<Link>,
    method: u32,
    state: State,
    /// Whoever made the call knew how a `T` is read; whoever takes its result need not.
    decode: Decode<T>,
}

type Decode<T> = fn(&mut ResultReader<'_>) -> Result<T, Failure>;

#[derive(Debug)]
enum State {
    Open(Ticket),
    Refused(CallError),
    Taken(CallId),
}

impl<T> Call<T> {
    pub(crate) fn made(link: &Arc<Link>, method: u32, outcome: Result<Ticket, PushErrorKind>) -> Self
    where
        T: DeserializeOwned,
    {
        let state = match outcome {
            Ok(ticket) => State::Open(ticket),
            Err(kind) => State::Refused(link.refused(method, kind)),
        };
        Self { link: link.clone(), method, state, decode: |result| result.take() }
    }

    /// Which call this is: its number, which errors and traces name too. 0 if it was refused before it got one.
    #[must_use]
    pub fn id(&self) -> CallId {
        match &self.state {
            State::Open(ticket) => CallId::new(ticket.call),
            State::Refused(error) => error.call(),
            State::Taken(call) => *call,
        }
    }
}

impl<T> Call<T> {
    /// Blocks until the outcome is there, and gives it. If the object dies, that is the outcome.
    ///
    /// # Errors
    /// Whatever became of the call instead of a result: see [`CallError`].
    pub fn wait(mut self) -> Result<T, CallError> {
        self.take_until(None).unwrap_or_else(|| Err(self.taken_before()))
    }

    /// The outcome, if it is there. Never blocks. After it was given once, it is gone: then an error says so.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn try_wait(&mut self) -> Option<Result<T, CallError>> {
        let State::Open(ticket) = self.state else { return Some(self.refusal()) };
        if !self.link.is_ours() {
            return Some(Err(self.link.forked_copy(self.link.method_name(self.method))));
        }
        let mut core = self.link.touch();
        let taken = self.link.take(&mut core, ticket)?;
        drop(core);
        self.state = State::Taken(CallId::new(ticket.call));
        Some(self.link.read(taken, self.decode))
    }

    /// Blocks until the outcome is there, or until this time has passed: then nothing, and the call goes on. To give up a
    /// method that takes too long, [`kill`](crate::Proxy::kill) the object and start another; dropping the proxy would wait
    /// for the method first, as long as the grace period.
    ///
    /// # Errors
    /// As for [`wait`](Self::wait).
    pub fn wait_timeout(&mut self, timeout: Duration) -> Option<Result<T, CallError>> {
        // A time that no clock can show is for ever.
        self.take_until(Instant::now().checked_add(timeout))
    }

    fn take_until(&mut self, deadline: Option<Instant>) -> Option<Result<T, CallError>> {
        let State::Open(ticket) = self.state else { return Some(self.refusal()) };
        if !self.link.is_ours() {
            return Some(Err(self.link.forked_copy(self.link.method_name(self.method))));
        }
        let link = &self.link;
        let taken = link.wait_until(Key::Call(ticket), deadline, |core| link.take(core, ticket))?;
        self.state = State::Taken(CallId::new(ticket.call));
        Some(self.link.read(taken, self.decode))
    }

    fn refusal(&self) -> Result<T, CallError> {
        match &self.state {
            State::Refused(error) => Err(error.clone()),
            State::Open(_) | State::Taken(_) => Err(self.taken_before()),
        }
    }

    fn taken_before(&self) -> CallError {
        let site = self.link.site(self.link.method_name(self.method), self.id().get(), Started::Yes);
        CallError::AlreadyTaken { site }
    }
}

impl<T> Drop for Call<T> {
    fn drop(&mut self) {
        if let State::Open(ticket) = self.state
            && self.link.is_ours()
        {
            self.link.touch().abandon(ticket);
        }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.link.method_name(self.method))
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// A structured part of up to this many bytes is copied to the stack.
const SMALL_STRUCTURED_SIZE: usize = 128;

impl Link {
    /// Turns an outcome into a value, or into the error that says why there is none.
    pub(crate) fn read<T>(
        &self,
        taken: Taken<'_>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Result<T, CallError> {
        let (method, call) = (taken.method, taken.call);
        let outcome = self.decode(taken, decode);
        tracing::trace!(
            target: "concurrent_object", name = &*self.identity.name, pid = self.pid(),
            method = self.method_name(method), call, error = outcome.as_ref().err().map(tracing::field::display),
            "outcome taken"
        );
        outcome
    }

    fn decode<T>(
        &self,
        taken: Taken<'_>,
        decode: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure>,
    ) -> Result<T, CallError> {
        let Taken { method, call, outcome } = taken;
        let reply = outcome?;
        let structured = reply.structured();
        let mut small = [0; SMALL_STRUCTURED_SIZE];
        let mut large = Vec::new();
        let structured: &[u8] = match small.get_mut(..structured.len()) {
            Some(part) => {
                structured.copy_to(part);
                part
            }
            None => {
                structured.append_to(&mut large);
                &large
            }
        };
        let value = if reply.is_value() {
            decode(&mut ResultReader::new(structured, Raw::Foreign(reply.raw())))
        } else {
            Err(told_failure(structured, reply.raw()))
        };
        drop(reply);
        value.map_err(|failure| self.failed(method, call, failure))
    }

    fn failed(&self, method: u32, call: u64, failure: Failure) -> CallError {
        let site = self.site(self.method_name(method), call, Started::Yes);
        let argument = |argument: Option<String>| match argument {
            Some(name) if !name.is_empty() => format!("argument `{name}`"),
            Some(_) => "the list of arguments".to_owned(),
            None => "the result".to_owned(),
        };
        match failure {
            Failure::Panicked(panic) => CallError::Panicked { panic, site },
            Failure::Decode { argument: name, reason } => CallError::Decode { part: argument(name), reason, site },
            Failure::Encode { reason } => CallError::Encode { part: argument(None), reason, site },
            Failure::TooLarge { needed, limit } => {
                CallError::TooLarge { message: Message::Result, needed, limit, site }
            }
            Failure::Malformed { reason } => self.break_off_after(method, call, reason),
            Failure::Constructor { message, .. } => self.break_off_after(method, call, message),
        }
    }

    /// A refusal, as the error of a call.
    fn refused(&self, method: u32, kind: PushErrorKind) -> CallError {
        let site = self.site(self.method_name(method), 0, Started::No);
        match kind {
            PushErrorKind::Gone(error) => error,
            PushErrorKind::TooLarge { needed, limit } => {
                CallError::TooLarge { message: Message::Arguments, needed, limit, site }
            }
            PushErrorKind::Encode { argument, reason } => {
                CallError::Encode { part: format!("argument `{argument}`"), reason, site }
            }
            PushErrorKind::Full => unreachable!("a call waits where a push would be refused as full"),
        }
    }
}

fn told_failure(structured: &[u8], raw: Foreign<'_>) -> Failure {
    let told = ResultReader::new(structured, Raw::Foreign(raw)).take();
    told.unwrap_or_else(|error| Failure::Malformed { reason: format!("a failure that cannot be read: {error:?}") })
}

/// Makes a call whose outcome its `Call` will give.
pub(crate) fn make<T: DeserializeOwned>(
    link: &Arc<Link>,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Call<T> {
    Call::made(link, method, link.submit(method, Owner::Held, write))
}
