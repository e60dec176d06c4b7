//! One object that this program holds for a proxy of another machine.
//!
//! Knows the open queries: one for the object's life, and one for each call. The bytes come from a
//! client that may be hostile: sizes, ids and the number of open calls are checked here, before the
//! library gets them. Invariant: each call that was taken gets one answer, or its query is dropped after
//! the object's last event was sent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use concurrent_object::bridge::{EndKind, Event, Message};
use zenoh::Wait;
use zenoh::bytes::ZBytes;
use zenoh::query::Query;

use super::Held;
use super::served::Served;
use crate::control::{self, Control};
use crate::session::Outbox;
use crate::wire::{self, Assembly, HEADER, Header, Kind};

/// A call that runs longer than this reports that it has begun. A message for each would cost more than
/// a short call does.
const REPORT_BEGUN_AFTER: Duration = Duration::from_millis(10);

/// What does not change about an object.
#[derive(Debug)]
pub struct Terms {
    /// Where its calls come.
    pub key: String,
    /// The upper half of the ids of its owner's calls.
    pub session: u64,
    /// How many calls may be open.
    pub window: usize,
    /// The largest message.
    pub limit: u64,
}

/// An object, and its open queries.
pub struct Hosted {
    terms: Terms,
    outbox: Outbox,
    held: OnceLock<Box<dyn Held>>,
    has_ended: AtomicBool,
    state: Mutex<State>,
}

struct State {
    /// `None` after the last event.
    stream: Option<Query>,
    calls: HashMap<u64, Open>,
    served: Served,
}

/// A call that has no answer yet.
struct Open {
    query: Query,
    /// The parts that arrived, until the call is whole.
    assembly: Option<(Header, Assembly)>,
    begun: Option<Instant>,
}

impl Hosted {
    /// An object whose events go to the query that asked for it.
    pub fn new(terms: Terms, outbox: Outbox, stream: Query) -> Self {
        let state = State { stream: Some(stream), calls: HashMap::new(), served: Served::default() };
        Self { terms, outbox, held: OnceLock::new(), has_ended: AtomicBool::new(false), state: Mutex::new(state) }
    }

    /// Sets what runs the calls. The proxy is asked for calls only after that.
    pub fn run_by(&self, held: Box<dyn Held>) {
        let _ = self.held.set(held);
        let state = self.lock();
        if let Some(stream) = &state.stream {
            self.post(stream.clone(), vec![wire::encode(Header::bare(Kind::Begun, 0), &[], ZBytes::new())]);
        }
    }

    /// Whether its last event was sent.
    pub fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    /// Whether no call is open.
    pub fn is_idle(&self) -> bool {
        self.lock().calls.is_empty()
    }

    /// Ends the object.
    pub fn end(&self, how: EndKind) {
        if let Some(held) = self.held.get() {
            held.end(how);
        }
    }

    /// Takes a query from a client. Runs on a thread of Zenoh, and does not block.
    pub fn take(&self, query: Query) {
        // A query for `**` reaches each object. Only one that names this object knows its secret.
        if query.key_expr().as_str() != self.terms.key {
            return;
        }
        let Some(payload) = query.payload().cloned() else { return };
        let refused = match wire::decode(&payload, self.terms.limit) {
            Ok(header) => self.take_message(&header, &payload, &query),
            Err(error) => Err(error.to_string()),
        };
        if let Err(reason) = refused {
            self.post_event(query, &Event::Failed(0, reason));
        }
    }

    fn take_message(&self, header: &Header, payload: &ZBytes, query: &Query) -> Result<(), String> {
        let Some(held) = self.held.get() else { return Err("the object has not started yet".to_owned()) };
        let call = header.id as u64;
        if header.kind != Kind::Control && (header.id >> 64) as u64 != self.terms.session {
            return Err("the call has the id of another session".to_owned());
        }
        match header.kind {
            Kind::Call => {
                self.open(header, query, None)?;
                held.send(call, wire::parts(payload, header));
            }
            Kind::Announced => {
                let length = u64::from(header.structured) + header.raw;
                let assembly = Assembly::begin(length, self.terms.limit).map_err(|error| error.to_string())?;
                self.open(header, query, Some((*header, assembly)))?;
            }
            Kind::Piece => {
                if let Some(message) = self.put(header, payload)? {
                    held.send(call, message);
                }
            }
            Kind::Control => match control::read(&wire::copy(payload, HEADER, payload.len() - HEADER)) {
                Some(Control::Cancel { call, grace }) => held.cancel(call as u64, grace),
                Some(Control::End(how)) => held.end(how),
                None => return Err("the request cannot be read".to_owned()),
            },
            Kind::Begun | Kind::Answer | Kind::Event => return Err("a proxy sends no answers".to_owned()),
        }
        Ok(())
    }

    fn open(&self, header: &Header, query: &Query, assembly: Option<(Header, Assembly)>) -> Result<(), String> {
        let mut state = self.lock();
        if state.calls.len() >= self.terms.window {
            return Err(format!("busy: {} calls are open, as many as the proxy may have", self.terms.window));
        }
        if !state.served.admit(header.id, Instant::now()) {
            return Err("duplicate: a call of this id was taken before".to_owned());
        }
        state.calls.insert(header.id as u64, Open { query: query.clone(), assembly, begun: None });
        Ok(())
    }

    /// Writes a piece of a call. Returns the call if it is whole.
    fn put(&self, header: &Header, payload: &ZBytes) -> Result<Option<Message>, String> {
        let mut state = self.lock();
        let open = state.calls.get_mut(&(header.id as u64)).ok_or("a piece of a call that is not open")?;
        let (announced, mut assembly) = open.assembly.take().ok_or("a piece of a call that is whole")?;
        let put = assembly.put(header.counted, header.raw, wire::slices(payload, HEADER));
        match assembly.finish() {
            Ok(bytes) => return Ok(Some(wire::split(&announced, bytes))),
            Err(assembly) => open.assembly = Some((announced, assembly)),
        }
        put.map(|()| None).map_err(|error| error.to_string())
    }

    /// Takes an event of the object. Does not block.
    pub fn report(&self, event: Event) {
        let mut state = self.lock();
        match event {
            Event::Begun(call) => {
                if let Some(open) = state.calls.get_mut(&call) {
                    open.begun = Some(Instant::now());
                }
            }
            Event::Answered(call, message) => {
                if let Some(open) = state.calls.remove(&call) {
                    self.post(open.query, wire::message(Kind::Answer, u128::from(call), message));
                }
            }
            Event::Failed(call, _) | Event::Returned(call) => {
                if let Some(open) = state.calls.remove(&call) {
                    self.post_event(open.query, &event);
                }
            }
            Event::Died(_) | Event::Ended | Event::Lost(_) => self.finish(&mut state, &event),
            _ => {
                if let Some(stream) = &state.stream {
                    self.post_event(stream.clone(), &event);
                }
            }
        }
    }

    fn finish(&self, state: &mut State, event: &Event) {
        if let Some(stream) = state.stream.take() {
            self.post_event(stream, event);
        }
        // Their end must not be seen before the event, so they are dropped behind it.
        let open = std::mem::take(&mut state.calls);
        self.outbox.post(move |_| drop(open));
        self.has_ended.store(true, Ordering::Release);
    }

    /// Reports the calls that have run for a while. Returns whether there are open calls.
    pub fn report_begun(&self, now: Instant) -> bool {
        let mut state = self.lock();
        for open in state.calls.values_mut() {
            if open.begun.is_some_and(|begun| now.saturating_duration_since(begun) >= REPORT_BEGUN_AFTER) {
                open.begun = None;
                self.post(open.query.clone(), vec![wire::encode(Header::bare(Kind::Begun, 0), &[], ZBytes::new())]);
            }
        }
        !state.calls.is_empty()
    }

    fn post_event(&self, query: Query, event: &Event) {
        let bytes = control::event_bytes(event);
        self.post(query, vec![wire::encode(Header::with(Kind::Event, 0, &bytes), &bytes, ZBytes::new())]);
    }

    /// Sends replies, later: a reply can wait for a slow link. The query closes with its last clone.
    fn post(&self, query: Query, messages: Vec<ZBytes>) {
        self.outbox.post(move |_| {
            for message in messages {
                if let Err(error) = query.reply(query.key_expr().clone(), message).wait() {
                    tracing::debug!(%error, "a reply was not sent");
                }
            }
        });
    }

    /// What it guards is whole after each function, so a panic of a holder spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
