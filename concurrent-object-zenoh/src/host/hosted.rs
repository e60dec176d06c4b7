//! One object that this program holds for a proxy of another machine.
//!
//! Its events and answers are replies to the query that asked for it. The calls come from a client that
//! may be hostile: sizes, ids and the number of open calls are checked here, before the library gets
//! them. Invariant: each call that was taken gets one outcome, or the stream of replies ends after the
//! object's last event.

mod requests;

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use concurrent_object::bridge::{EndKind, Event, Message};
use tracing::Span;
use zenoh::bytes::ZBytes;
use zenoh::query::Query;
use zenoh::sample::Sample;

use super::Held;
use super::outcomes::Outcomes;
use super::replies::Replies;
use super::served::Served;
use crate::control::{self, Control, Missing};
use crate::presence::HostLoad;
use crate::session::Lane;
use crate::wire::{self, Assembly, HEADER, Header, Kind};

/// What does not change about an object.
#[derive(Debug)]
pub struct Terms {
    /// The name of this host. The proxy's side knows the machine by it.
    pub host: String,
    /// The upper half of the ids of its owner's calls.
    pub session: u64,
    /// How many calls may be open.
    pub window: usize,
    /// The largest message.
    pub limit: u64,
    /// The numbers of the methods that may run twice.
    pub idempotent: Vec<u32>,
    /// The span of the object. Those of its calls are within it.
    pub span: Span,
}

/// An object, and its open calls.
pub struct Hosted {
    terms: Terms,
    replies: Replies,
    held: OnceLock<Box<dyn Held>>,
    /// Runs once, after the last event was sent.
    at_end: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    has_ended: Arc<AtomicBool>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: BTreeSet<u64>,
    /// The call whose pieces arrive. A client sends those of one after those of another.
    assembly: Option<Assembly>,
    served: Served,
    /// Calls whose cancellations have overtaken them.
    cancelled: VecDeque<u128>,
    outcomes: Outcomes,
}

impl Hosted {
    /// An object whose replies go to the query that asked for it.
    pub fn new(terms: Terms, lane: Lane, stream: Query, at_end: Box<dyn FnOnce() + Send>) -> Self {
        let replies = Replies::new(lane, stream, terms.limit, terms.window);
        Self {
            terms,
            replies,
            held: OnceLock::new(),
            at_end: Mutex::new(Some(at_end)),
            has_ended: Arc::default(),
            state: Mutex::default(),
        }
    }

    /// Sets what runs the calls. The proxy sends calls only after that.
    pub fn run_by(&self, held: Box<dyn Held>, load: HostLoad) {
        let _ = self.held.set(held);
        self.replies.taken(load);
    }

    /// Whether its last event was sent.
    pub fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    /// Whether no call is open.
    pub fn is_idle(&self) -> bool {
        self.lock().open.is_empty()
    }

    /// Ends the object.
    pub fn end(&self, how: EndKind) {
        if let Some(held) = self.held.get() {
            held.end(how);
        }
    }

    /// Takes a message from a client. Runs on a thread of Zenoh, and does not block.
    pub fn take(&self, sample: &Sample) {
        self.take_bytes(sample.payload());
    }

    fn take_bytes(&self, payload: &ZBytes) {
        let refused = match wire::decode(payload, self.terms.limit) {
            Ok(header) if header.kind == Kind::Several => {
                // It holds no bundle. What does not fit is not valid, as below.
                return wire::bundled(payload).map_while(Result::ok).for_each(|message| self.take_bytes(&message));
            }
            Ok(header) => self.take_message(&header, payload).map_err(|reason| (header.id as u64, reason)),
            // Without a header that is valid, it is not known which call is meant: a probe will tell.
            Err(error) => return tracing::debug!(%error, "a message of a proxy is not valid"),
        };
        if let Err((call, reason)) = refused {
            self.replies.refuse(call, reason);
        }
    }

    fn take_message(&self, header: &Header, payload: &ZBytes) -> Result<(), String> {
        let Some(held) = self.held.get() else { return Err("the object has not started yet".to_owned()) };
        let call = header.id as u64;
        if (header.id >> 64) as u64 != self.terms.session {
            // Its number may be that of an open call of the owner, so it gets no outcome.
            tracing::debug!("a message has the id of another session");
            return Ok(());
        }
        match header.kind {
            Kind::Call => {
                if self.open(&mut self.lock(), header)? {
                    self.run(&**held, call, wire::parts(payload, header));
                }
            }
            Kind::Announced => {
                let mut state = self.lock();
                if !self.open(&mut state, header)? {
                    return Ok(());
                }
                let assembly = Assembly::begin(*header, self.terms.limit).expect("the header was checked");
                if let Some(before) = state.assembly.replace(assembly) {
                    self.fail(&mut state, before.header().id as u64, "not all of its pieces arrived".to_owned());
                }
            }
            Kind::Piece => {
                if let Some(message) = self.put(header, payload) {
                    self.run(&**held, call, message);
                }
            }
            Kind::Control => match control::read(&wire::copy(payload, HEADER, payload.len() - HEADER)) {
                Some(Control::Cancel { call, grace }) => self.cancel(&**held, call, grace),
                Some(Control::Limit { call, limits }) => held.limit(call as u64, limits),
                Some(Control::End(how)) => held.end(how),
                Some(Control::Probe { calls, repeatable }) if calls.len() <= self.terms.window => {
                    self.answer_probe(&calls, &repeatable);
                }
                Some(Control::Probe { .. }) => tracing::debug!("a probe names more calls than there may be"),
                None => tracing::debug!("a request of a proxy cannot be read"),
            },
            Kind::Begun | Kind::Answer | Kind::Event | Kind::Taken | Kind::Several => {
                tracing::debug!("a proxy sent an answer");
            }
        }
        Ok(())
    }

    fn run(&self, held: &dyn Held, call: u64, message: Message) {
        self.terms.span.in_scope(|| held.send(call, message));
    }

    /// Whether the call shall run. One whose id was taken before runs again only if its method may run
    /// twice, and its outcome is not kept. Otherwise its outcome was sent, or will be.
    fn open(&self, state: &mut State, header: &Header) -> Result<bool, String> {
        let (call, window) = (header.id as u64, self.terms.window);
        if state.open.contains(&call) {
            return Ok(false);
        }
        if state.open.len() >= window || !self.replies.has_room() {
            return Err(format!("busy: {window} calls are open, as many as the proxy may have"));
        }
        if !state.served.admit(header.id, Instant::now()) {
            if let Some(outcome) = state.outcomes.of(call) {
                self.replies.again(outcome);
                return Ok(false);
            }
            if !self.terms.idempotent.contains(&header.tag) {
                self.replies.missing(&Missing { absent: Vec::new(), gone: vec![call] });
                return Ok(false);
            }
        } else if let Some(at) = state.cancelled.iter().position(|cancelled| *cancelled == header.id) {
            state.cancelled.remove(at);
            self.give_back(state, call);
            return Ok(false);
        }
        state.open.insert(call);
        Ok(true)
    }

    /// Writes a piece of a call. Returns the call if it is whole. A piece that does not fit ends the call.
    fn put(&self, header: &Header, payload: &ZBytes) -> Option<Message> {
        let mut state = self.lock();
        // A piece of a call that was refused before has no effect.
        let assembly = state.assembly.as_mut().filter(|assembly| assembly.header().id == header.id)?;
        if let Err(error) = assembly.put(header, payload) {
            state.assembly = None;
            self.fail(&mut state, header.id as u64, format!("a piece of the call is refused: {error}"));
            return None;
        }
        state.assembly.take_if(|assembly| assembly.is_whole()).map(Assembly::into_message)
    }

    /// Takes an event of the object. Does not block.
    pub fn report(&self, event: Event) {
        let mut state = self.lock();
        match event {
            Event::Begun(call) if state.open.contains(&call) => self.replies.begun(call),
            Event::Begun(_) => {}
            Event::Spawned { pid, .. } => self.replies.event(&Event::Spawned { pid, host: self.terms.host.clone() }),
            Event::Ready { pid, .. } => self.replies.event(&Event::Ready { pid, host: self.terms.host.clone() }),
            Event::Answered(call, message) => {
                if !state.open.remove(&call) {
                    return;
                }
                let event = Event::Answered(call, message);
                state.outcomes.keep(call, &event);
                if let Event::Answered(_, message) = event
                    && let Err(reason) = self.replies.answer(call, message)
                {
                    // The method has run, so the call is not refused.
                    self.finish(&mut state, &Event::Lost(format!("the result of call {call} has {reason}")));
                }
            }
            Event::Failed(call, reason) => self.fail(&mut state, call, reason),
            Event::Returned(call) => {
                if state.open.remove(&call) {
                    self.give_back(&mut state, call);
                }
            }
            Event::TimedOut { call, .. } => {
                if state.open.remove(&call) {
                    state.outcomes.keep(call, &event);
                    self.replies.conclude(&event);
                }
            }
            Event::Saved(message) => self.replies.save(message),
            Event::Refused(_) | Event::Died(_) | Event::Ended | Event::Lost(_) => self.finish(&mut state, &event),
            Event::Printed { .. } => self.replies.remark(&event),
            Event::Progressed(call, _) if state.open.contains(&call) => self.replies.remark(&event),
            Event::Progressed(..) => {}
            _ => self.replies.event(&event),
        }
    }

    /// Ends a call that was taken, without its method.
    fn fail(&self, state: &mut State, call: u64, reason: String) {
        if state.open.remove(&call) {
            self.refuse(state, call, reason);
        }
    }

    /// Concludes a call that has not begun, and never will.
    fn give_back(&self, state: &mut State, call: u64) {
        state.outcomes.keep(call, &Event::Returned(call));
        self.replies.conclude(&Event::Returned(call));
    }

    fn refuse(&self, state: &mut State, call: u64, reason: String) {
        state.outcomes.keep(call, &Event::Failed(call, reason.clone()));
        self.replies.refuse(call, reason);
    }

    fn finish(&self, state: &mut State, event: &Event) {
        state.open.clear();
        state.assembly = None;
        let (has_ended, at_end) = (self.has_ended.clone(), self.at_end.lock().ok().and_then(|mut end| end.take()));
        self.replies.last(event, move || {
            has_ended.store(true, Ordering::Release);
            at_end.into_iter().for_each(|at_end| at_end());
        });
    }

    /// What it guards is whole after each function, so a panic of a holder spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
