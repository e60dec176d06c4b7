//! The near end of one object: where it shall live, and the way of its calls there.
//!
//! A start is one query that stays open for the life of the object: its replies are the events, and
//! its end without a last event means that the connection is lost. Each call is a query of its own.
//! Invariant: after the last event of an object none follows, and each start has a last event.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use concurrent_object::StartError;
use concurrent_object::bridge::{Carrier, EndKind, Event, Events, Message, Remote, RemoteStart};
use zenoh::bytes::ZBytes;
use zenoh::qos::CongestionControl;
use zenoh::query::{ConsolidationMode, QueryTarget, Reply};
use zenoh::{Session, Wait};

use crate::control::{Control, StartRequest};
use crate::keys::Keys;
use crate::reply::{Collected, Collector};
use crate::session::{Outbox, WeakOutbox};
use crate::site::Inner;
use crate::wire::{self, HEADER, Header, Kind, PIECE};

/// Longer than any object lives. A query without a limit is not possible in Zenoh.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Where an object shall live.
#[derive(Clone, Debug)]
pub enum Place {
    /// The less loaded of two hosts.
    Anywhere,
    /// The host of this name.
    Host(String),
}

/// A site and a place in it: what a builder's `on` takes.
#[derive(Debug)]
pub struct Placed {
    pub(crate) site: Arc<Inner>,
    pub(crate) place: Place,
}

impl Remote for Placed {
    fn start(&self, start: RemoteStart, events: Events) -> Result<Box<dyn Carrier>, StartError> {
        let instance = self.site.next_id();
        let limit = self.site.limit;
        let life = Arc::new(Life { events, stage: Mutex::new(Stage::Asked(Vec::new())), limit });
        let placed = self.site.place(&self.place, &start.type_name);
        let host = placed.map_err(StartError::refused_elsewhere)?;
        let key = self.site.keys.object(&host, instance);
        let way = Way { outbox: self.site.outbox.clone(), key, life: life.clone(), site: self.site.clone() };
        way.begin(&self.site.keys, &host, self.site.request(instance, start));
        Ok(Box::new(way))
    }
}

/// The events of one object: no event follows the last one.
struct Life {
    events: Events,
    stage: Mutex<Stage>,
    limit: u64,
}

type Job = Box<dyn FnOnce(&Session) + Send>;

/// How far an object is.
enum Stage {
    /// The host has not taken the start: what would reach no object waits here.
    Asked(Vec<Job>),
    /// The host takes calls.
    Taken,
    /// The last event was reported.
    Ended,
}

impl Life {
    fn put(&self, event: Event) {
        let mut stage = self.stage();
        if matches!(*stage, Stage::Ended) {
            return;
        }
        if matches!(event, Event::Lost(_) | Event::Ended | Event::Died(_)) {
            *stage = Stage::Ended;
        }
        self.events.put(event);
    }

    /// The host takes calls now. Sends what has waited, in its order.
    fn taken(&self, outbox: &WeakOutbox) {
        let mut stage = self.stage();
        let Stage::Asked(jobs) = &mut *stage else { return };
        if let Some(outbox) = outbox.upgrade() {
            jobs.drain(..).for_each(|job| outbox.post(job));
        }
        *stage = Stage::Taken;
    }

    /// Runs a job when the host takes calls. Never, if the object has ended.
    fn post(&self, outbox: &Outbox, job: impl FnOnce(&Session) + Send + 'static) {
        match &mut *self.stage() {
            Stage::Asked(jobs) => jobs.push(Box::new(job)),
            Stage::Taken => outbox.post(job),
            Stage::Ended => {}
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self, reason: impl Into<String>) {
        self.put(Event::Lost(reason.into()));
    }
}

/// The carrier of one object.
struct Way {
    outbox: Outbox,
    key: String,
    life: Arc<Life>,
    site: Arc<Inner>,
}

impl Way {
    fn begin(&self, keys: &Keys, host: &str, request: StartRequest) {
        let (key, life) = (keys.start(host), self.life.clone());
        let structured = request.to_bytes();
        if HEADER + structured.len() > PIECE {
            let length = structured.len();
            life.lost(format!("the constructor's arguments need {length} bytes, and over Zenoh the limit is {PIECE}"));
            return;
        }
        let message =
            wire::encode(Header::with(Kind::Control, request.instance, &structured), &structured, ZBytes::new());
        let stream =
            Stream { life: life.clone(), outbox: self.outbox.downgrade(), collector: Collector::new(life.limit) };
        self.outbox.post(move |session| {
            let stream = Mutex::new(stream);
            let replies = move |reply: Reply| stream.lock().unwrap_or_else(PoisonError::into_inner).take(&reply);
            if let Err(error) = get(session, &key, message, replies) {
                life.lost(format!("the start could not be sent: {error}"));
            }
        });
    }

    /// Sends a message whose parts are too large for one, as its sizes and then its pieces.
    fn post_call(&self, id: u128, call: u64, message: Message) {
        let (key, life) = (self.key.clone(), self.life.clone());
        self.life.post(&self.outbox, move |session| {
            let answer = Mutex::new(CallReplies {
                life: life.clone(),
                call,
                done: false,
                collector: Collector::new(life.limit),
            });
            let replies = move |reply: Reply| answer.lock().unwrap_or_else(PoisonError::into_inner).take(&reply);
            let parts = wire::message(Kind::Call, id, message);
            let mut parts = parts.into_iter();
            let first = parts.next().expect("a message has a first part");
            let sent = get(session, &key, first, replies)
                .and_then(|()| parts.try_for_each(|piece| get(session, &key, piece, |_: Reply| ())));
            if let Err(error) = sent {
                life.lost(format!("a call could not be sent: {error}"));
            }
        });
    }

    fn control(&self, control: Control) {
        let (key, id) = (self.key.clone(), self.site.next_id());
        self.life.post(&self.outbox, move |session| {
            let structured = control.to_bytes();
            let message = wire::encode(Header::with(Kind::Control, id, &structured), &structured, ZBytes::new());
            // If it is lost, the connection is, and the stream of events says so.
            if let Err(error) = get(session, &key, message, |_: Reply| ()) {
                tracing::debug!(%error, "an object on another machine was not reached");
            }
        });
    }
}

impl Carrier for Way {
    fn send(&self, call: u64, message: Message) {
        let needed = message.structured.len() as u64 + message.raw.len() as u64;
        if needed.max(message.counted) > self.life.limit || u32::try_from(message.structured.len()).is_err() {
            let limit = self.life.limit;
            self.life.put(Event::Failed(call, format!("the call has {needed} bytes, and `limits.message` is {limit}")));
            return;
        }
        self.post_call(self.site.call_id(call), call, message);
    }

    fn cancel(&self, call: u64, grace: Option<Duration>) {
        self.control(Control::Cancel { call: self.site.call_id(call), grace });
    }

    fn end(&self, how: EndKind) {
        self.control(Control::End(how));
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        // Without effect if the object has ended.
        self.control(Control::End(EndKind::Kill));
    }
}

fn get(
    session: &Session,
    key: &str,
    message: ZBytes,
    replies: impl Fn(Reply) + Send + Sync + 'static,
) -> zenoh::Result<()> {
    let query = session.get(key).payload(message).target(QueryTarget::BestMatching);
    // With consolidation, Zenoh would keep the last reply only, until the query ends.
    let query = query.consolidation(ConsolidationMode::None).congestion_control(CongestionControl::Block);
    query.timeout(FOR_EVER).callback(replies).wait()
}

/// The replies to the start of an object. Zenoh drops it when the host, or the link, is gone.
struct Stream {
    life: Arc<Life>,
    outbox: WeakOutbox,
    collector: Collector,
}

impl Stream {
    fn take(&mut self, reply: &Reply) {
        match self.collector.take(reply) {
            Ok(Some(Collected::Event(Event::Answered(..) | Event::Begun(_)))) => {
                self.life.lost("the host answered a call where it must report the object's life");
            }
            Ok(Some(Collected::Event(event))) => self.life.put(event),
            Ok(Some(Collected::Begun)) => self.life.taken(&self.outbox),
            Ok(Some(Collected::Answer(_))) => self.life.lost("the host sent an answer out of place"),
            Ok(None) => {}
            Err(reason) => self.life.lost(reason),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.life.lost("the host is gone, out of reach, or denies this side");
    }
}

/// The replies to one call.
struct CallReplies {
    life: Arc<Life>,
    call: u64,
    done: bool,
    collector: Collector,
}

impl CallReplies {
    fn take(&mut self, reply: &Reply) {
        if self.done {
            return;
        }
        let event = match self.collector.take(reply) {
            Ok(None) => return,
            Ok(Some(Collected::Begun)) => return self.life.put(Event::Begun(self.call)),
            Ok(Some(Collected::Answer(message))) => Event::Answered(self.call, message),
            // The host's own number of the call means nothing here.
            Ok(Some(Collected::Event(Event::Failed(_, reason)))) => Event::Failed(self.call, reason),
            Ok(Some(Collected::Event(Event::Returned(_)))) => Event::Returned(self.call),
            Ok(Some(Collected::Event(_))) => Event::Lost("the host sent an event out of place".to_owned()),
            Err(reason) => Event::Lost(reason),
        };
        self.done = true;
        self.life.put(event);
    }
}

impl Drop for CallReplies {
    fn drop(&mut self) {
        // Whether the method began is not known. If the object's end was reported, this has no effect.
        if !self.done {
            self.life.lost("the connection was lost during a call");
        }
    }
}
