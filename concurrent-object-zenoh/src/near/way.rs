//! The carrier of one object: turns calls into messages of Zenoh.
//!
//! Knows the object's key and its lane; what replies mean is in `replies`. Invariant: nothing here
//! blocks its caller, and calls leave in their order. Cancellations, and an end at once, overtake them.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use concurrent_object::bridge::{CallLimits, Carrier, EndKind, Event, Message, Refusal, RemoteStart};
use zenoh::bytes::ZBytes;
use zenoh::qos::{CongestionControl, Priority};
use zenoh::query::{ConsolidationMode, QueryTarget, Reply};
use zenoh::{Session, Wait};

use super::life::{Life, Request};
use super::replies::Stream;
use super::urgent::Urgent;
use super::watch::Probe;
use crate::control::Control;
use crate::reply::Collector;
use crate::session::{Deliver, Job, Lane, Small, Task};
use crate::site::Inner;
use crate::wire::{self, HEADER, Kind, SMALL};

/// Longer than any object lives. A query without a limit is not possible in Zenoh.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// The carrier of one object.
pub struct Way {
    site: Arc<Inner>,
    instance: u128,
    key: String,
    life: Arc<Life>,
    lane: Arc<Lane>,
    urgent: Arc<Urgent>,
    /// Sends small calls.
    deliver: Deliver,
}

impl Way {
    /// A way to a new object on a host.
    pub(super) fn new(site: Arc<Inner>, host: &str, instance: u128, life: Arc<Life>) -> io::Result<Self> {
        let key = site.keys.object(host, instance);
        let probe = Probe { host: site.keys.start(host), object: key.clone(), id: site.control_id() };
        let watched = life.clone();
        let broken = life.clone();
        let panicked = move || broken.lost("a thread of this side panicked");
        let lane = Arc::new(site.outbox.lane(move |session| probe.watch(session, &watched), panicked)?);
        let deliver = deliver(key.clone(), life.clone());
        Ok(Self { site, instance, key, life, lane, urgent: Arc::default(), deliver })
    }

    /// Asks the host for the object.
    pub(super) fn begin(&self, host: &str, start: RemoteStart) {
        let (key, life) = (self.site.keys.start(host), self.life.clone());
        let request = self.site.request(self.instance, start);
        let collector = Collector::new(life.limits.message);
        let (object, id) = (self.key.clone(), self.site.control_id());
        let kill = Box::new(move || control_job(object.clone(), id, &Control::End(EndKind::Kill), Priority::RealTime));
        let again = again_jobs(self.deliver.clone());
        let stream = Stream { life: life.clone(), lane: self.lane.clone(), kill, again, collector };
        let instance = self.instance;
        self.lane.post(move |session| {
            let stream = Mutex::new(stream);
            let replies = move |reply: Reply| stream.lock().unwrap_or_else(PoisonError::into_inner).take(&reply);
            let message = request.into_message();
            let (length, limit) = (message.raw.len(), life.limits.message);
            if length as u64 > limit {
                let what = "the constructor's arguments and the saved state";
                let reason = format!("{what} have {length} bytes, and `limits.message` is {limit}");
                return life.put(Event::Refused(Refusal::Denied(reason)));
            }
            let mut parts = wire::message(Kind::Control, instance, message).take_while(|_| !life.is_killed());
            let Some(first) = parts.next() else { return life.put(Event::Ended) };
            let sent = life.sending(|| ask(session, &key, first, None, replies)).and_then(|()| {
                // A refusal comes as a reply to the first part, as all events do.
                let limit = Some(life.limits.lease);
                parts.try_for_each(|piece| life.sending(|| ask(session, &key, piece, limit, |_: Reply| ())))
            });
            if let Err(error) = sent {
                life.lost(format!("the start could not be sent: {error}"));
            }
        });
    }

    /// What ends the object, or one of its calls. It leaves before calls that wait.
    fn overtake(&self, control: &Control) -> Job {
        let (life, urgent) = (self.life.clone(), self.urgent.clone());
        let job = control_job(self.key.clone(), self.site.control_id(), control, Priority::RealTime);
        self.urgent.push(Box::new(move |session| life.sending(|| job(session))));
        Box::new(move |session| urgent.run(session))
    }
}

/// Makes jobs that send calls again.
fn again_jobs(deliver: Deliver) -> Box<dyn Fn(Vec<Request>) -> Job + Send> {
    Box::new(move |calls| {
        let deliver = deliver.clone();
        Box::new(move |session| {
            let parts = calls.into_iter().flat_map(|(id, message)| wire::message(Kind::Call, id, message));
            parts.for_each(|part| deliver(session, part));
        })
    })
}

/// What sends the parts of calls.
fn deliver(key: String, life: Arc<Life>) -> Deliver {
    Arc::new(move |session, part| {
        if let Err(error) = life.sending(|| send(session, &key, part, Priority::DEFAULT)) {
            life.lost(format!("a call could not be sent: {error}"));
        }
    })
}

fn control_job(key: String, id: u128, control: &Control, priority: Priority) -> Job {
    let message = wire::valued(Kind::Control, id, &control.to_bytes());
    Box::new(move |session| {
        // If it is lost, the connection is, and the stream of events says so.
        if let Err(error) = send(session, &key, message, priority) {
            tracing::debug!(%error, "an object on another machine was not reached");
        }
    })
}

impl Carrier for Way {
    fn send(&self, call: u64, message: Message) {
        self.life.open(call);
        let limit = self.life.limits.message;
        let needed = message.structured.len() as u64 + message.raw.len() as u64;
        if needed.max(message.counted) > limit || u32::try_from(message.structured.len()).is_err() {
            let reason = format!("the call has {needed} bytes, and `limits.message` is {limit}");
            return self.life.put(Event::Failed(call, reason));
        }
        let (life, id) = (self.life.clone(), self.site.call_id(call));
        life.keep(call, id, &message);
        let task = if needed <= (SMALL - HEADER) as u64 {
            let Some(message) = wire::message(Kind::Call, id, message).next() else { return };
            let leaves = Box::new(move || life.leave(call, true));
            Task::Small(Small { message, leaves, deliver: self.deliver.clone() })
        } else {
            let (urgent, deliver) = (self.urgent.clone(), self.deliver.clone());
            Task::Job(Box::new(move |session| {
                // Here: a part that lies in a slot is copied when it leaves.
                let mut parts = wire::message(Kind::Call, id, message).peekable();
                while let Some(part) = parts.next() {
                    urgent.run(session);
                    // Before the last part leaves: its answer may come at once.
                    if !life.leave(call, parts.peek().is_none()) {
                        return;
                    }
                    deliver(session, part);
                }
            }))
        };
        self.life.post(&self.lane, task);
    }

    fn cancel(&self, call: u64, grace: Option<Duration>) {
        if self.life.take_back(call) {
            return;
        }
        let job = self.overtake(&Control::Cancel { call: self.site.call_id(call), grace });
        self.life.post(&self.lane, Task::Job(job));
    }

    fn limit(&self, call: u64, limits: CallLimits) {
        let control = Control::Limit { call: self.site.call_id(call), limits };
        // After the call.
        let (life, id) = (self.life.clone(), self.site.control_id());
        let job = control_job(self.key.clone(), id, &control, Priority::DEFAULT);
        let job = move |session: &Session| life.sending(|| job(session));
        self.life.post(&self.lane, Task::Job(Box::new(job)));
    }

    fn end(&self, how: EndKind) {
        let control = Control::End(how);
        let job = match how {
            EndKind::Kill => {
                self.life.kill();
                self.overtake(&control)
            }
            // After the calls that were sent before.
            _ => {
                let (life, id) = (self.life.clone(), self.site.control_id());
                let job = control_job(self.key.clone(), id, &control, Priority::DEFAULT);
                Box::new(move |session: &Session| life.sending(|| job(session)))
            }
        };
        self.life.post(&self.lane, Task::Job(job));
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.life.kill();
        self.life.end(&self.lane, self.overtake(&Control::End(EndKind::Kill)));
    }
}

/// Sends a message to an object. Blocks while the link is congested.
///
/// It is no query: for each of them Zenoh keeps a timer until its limit, also when it is answered.
pub(super) fn send(session: &Session, key: &str, message: ZBytes, priority: Priority) -> zenoh::Result<()> {
    session.put(key, message).congestion_control(CongestionControl::Block).priority(priority).wait()
}

/// Sends a query. Blocks while the link is congested.
pub(super) fn ask(
    session: &Session,
    key: &str,
    message: ZBytes,
    limit: Option<Duration>,
    replies: impl Fn(Reply) + Send + Sync + 'static,
) -> zenoh::Result<()> {
    let query = session.get(key).payload(message).target(QueryTarget::BestMatching);
    // With consolidation, Zenoh would keep the last reply only, until the query ends.
    let query = query.consolidation(ConsolidationMode::None).congestion_control(CongestionControl::Block);
    query.timeout(limit.unwrap_or(FOR_EVER)).callback(replies).wait()
}
