//! What goes back to the proxy of one object, in its order: events, answers, saved states.
//!
//! Knows messages and the lane that sends them; knows nothing of which calls are open. Invariant:
//! nothing follows the last event, and what waits in the lane has a bound, whatever the proxy reads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use concurrent_object::bridge::{Event, Message};
use zenoh::bytes::ZBytes;
use zenoh::query::Query;
use zenoh::{Session, Wait};

use crate::control::{self, Missing};
use crate::presence::HostLoad;
use crate::session::{Deliver, Lane, Small, Task};
use crate::wire::{self, HEADER, Header, Kind, SMALL};

/// How many replies may wait in the lane, beside those of calls. A client that does not read, and
/// sends on, gets no more.
const MAX_WAITING: usize = 256;

/// How many replies may wait when the object prints something.
const MAX_PRINTED: usize = 64;

/// The replies to the query that asked for an object.
pub struct Replies {
    lane: Lane,
    /// `None` after the last event.
    stream: Mutex<Option<(Query, Deliver)>>,
    limit: u64,
    /// How many calls may be open, and so how many outcomes may wait.
    window: usize,
    /// The bytes of outcomes that wait in the lane.
    leaving: Arc<AtomicU64>,
    /// The newest saved state, until it leaves.
    saved: Arc<Mutex<Option<Message>>>,
}

impl Replies {
    /// Replies to a query.
    pub fn new(lane: Lane, stream: Query, limit: u64, window: usize) -> Self {
        let (leaving, saved) = (Arc::default(), Arc::default());
        let query = stream.clone();
        let deliver: Deliver = Arc::new(move |_: &Session, message| reply(&query, message));
        Self { lane, stream: Mutex::new(Some((stream, deliver))), limit, window, leaving, saved }
    }

    /// Whether the proxy may open a further call. The lane can lag behind: the proxy has got an
    /// outcome, and this side has not noted that yet.
    pub fn has_room(&self) -> bool {
        self.leaving.load(Ordering::Acquire) <= 2 * self.limit && self.lane.waiting() < self.window + MAX_WAITING
    }

    /// The host takes calls.
    pub fn taken(&self, load: HostLoad) {
        let header = Header { tag: load.objects, ..Header::bare(Kind::Taken, load.changes.into()) };
        self.post(wire::encode(header, &[], ZBytes::new()));
    }

    /// The method of a call has begun.
    pub fn begun(&self, call: u64) {
        self.post(wire::bare(Kind::Begun, call.into()));
    }

    /// A call has an answer. Fails if that is too large to be sent.
    pub fn answer(&self, call: u64, message: Message) -> Result<(), String> {
        let size = self.check(&message)?;
        if size <= (SMALL - HEADER) as u64 {
            wire::message(Kind::Answer, call.into(), message).for_each(|message| self.post(message));
            return Ok(());
        }
        // What lies in a slot takes no other memory. It is copied when it leaves.
        let size = if message.raw.is_lent() { 0 } else { size };
        let Some((_, deliver)) = lock(&self.stream).clone() else { return Ok(()) };
        let leaving = self.leaving.clone();
        leaving.fetch_add(size, Ordering::AcqRel);
        self.lane.post(move |session| {
            wire::message(Kind::Answer, call.into(), message).for_each(|message| deliver(session, message));
            leaving.fetch_sub(size, Ordering::AcqRel);
        });
        Ok(())
    }

    /// A call has another outcome.
    pub fn conclude(&self, event: &Event) {
        self.post(event_message(event));
    }

    /// The object has printed something, or its method has come further. It is dropped while the proxy does
    /// not read.
    pub fn remark(&self, event: &Event) {
        if self.lane.waiting() < MAX_PRINTED {
            self.event(event);
        }
    }

    /// A call is refused. A client that does not read what was refused before is not told.
    pub fn refuse(&self, call: u64, reason: String) {
        if self.lane.waiting() < self.window + MAX_WAITING {
            self.conclude(&Event::Failed(call, reason));
        }
    }

    /// Something has happened to the object.
    pub fn event(&self, event: &Event) {
        self.post(event_message(event));
    }

    /// Answers a probe, or a call that came twice.
    pub fn missing(&self, missing: &Missing) {
        if self.lane.waiting() < self.window + MAX_WAITING {
            self.post(wire::valued(Kind::Control, 0, &missing.to_bytes()));
        }
    }

    /// Sends an outcome that was sent before.
    pub fn again(&self, outcome: &Event) {
        if self.lane.waiting() >= self.window + MAX_WAITING {
            return;
        }
        match outcome.clone() {
            // It was small enough the first time.
            Event::Answered(call, message) => drop(self.answer(call, message)),
            other => self.conclude(&other),
        }
    }

    /// The state was saved. One that has not left is replaced: the newest is enough.
    pub fn save(&self, message: Message) {
        if let Err(reason) = self.check(&message) {
            return tracing::warn!("a saved state has {reason}");
        }
        let Some((_, deliver)) = lock(&self.stream).clone() else { return };
        let unsent = self.saved.clone();
        if lock(&unsent).replace(message).is_none() {
            self.lane.post(move |session| {
                let newest = lock(&unsent).take();
                let messages = newest.map(|newest| wire::message(Kind::Answer, wire::SAVED, newest));
                messages.into_iter().flatten().for_each(|message| deliver(session, message));
            });
        }
    }

    /// The last event. `after` runs behind it: nothing of the object may go before that is sent.
    pub fn last(&self, event: &Event, after: impl FnOnce() + Send + 'static) {
        self.event(event);
        let stream = lock(&self.stream).take();
        self.lane.post(move |_| {
            drop(stream);
            after();
        });
    }

    fn check(&self, message: &Message) -> Result<u64, String> {
        let (size, limit) = (message.raw.len() as u64 + message.structured.len() as u64, self.limit);
        if size.max(message.counted) > limit || u32::try_from(message.structured.len()).is_err() {
            return Err(format!("{size} bytes, and `limits.message` is {limit}"));
        }
        Ok(size)
    }

    /// Sends a reply, later: a reply waits for a slow link.
    fn post(&self, message: ZBytes) {
        let Some((_, deliver)) = lock(&self.stream).clone() else { return };
        self.lane.post_task(match message.len() <= SMALL {
            true => Task::Small(Small { message, leaves: Box::new(|| true), deliver }),
            false => Task::Job(Box::new(move |session| deliver(session, message))),
        });
    }
}

impl Drop for Replies {
    fn drop(&mut self) {
        // The end of the query waits for a slow link.
        let stream = lock(&self.stream).take();
        self.lane.post(move |_| drop(stream));
    }
}

/// What these locks guard is whole after each line, so a panic of a holder spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reply(stream: &Query, message: ZBytes) {
    if let Err(error) = stream.reply(stream.key_expr().clone(), message).wait() {
        tracing::debug!(%error, "a reply was not sent");
    }
}

fn event_message(event: &Event) -> ZBytes {
    wire::valued(Kind::Event, 0, &control::event_bytes(event))
}
