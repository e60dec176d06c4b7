//! The carrier of one object: turns calls into messages of Zenoh.
//!
//! Knows the object's key and its lane; what replies mean is in `replies`. Invariant: nothing here
//! blocks its caller, and calls leave in their order. Cancellations, and an end at once, overtake them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use concurrent_object::bridge::{CallLimits, Carrier, EndKind, Event, Message, RemoteStart};
use zenoh::Session;
use zenoh::qos::Priority;

use super::asking::{Asking, Movable};
use super::life::Life;
use super::sending::{control_job, deliver};
use super::target::Target;
use super::urgent::Urgent;
use super::watch::Probe;
use crate::control::Control;
use crate::session::{Deliver, Job, Lane, Small, Task};
use crate::site::Inner;
use crate::wire::{self, HEADER, Kind, SMALL};

/// The carrier of one object.
pub struct Way {
    site: Arc<Inner>,
    target: Arc<Target>,
    life: Arc<Life>,
    lane: Arc<Lane>,
    urgent: Arc<Urgent>,
    /// Sends small calls.
    deliver: Deliver,
}

impl Way {
    /// A way to a new object on a host.
    pub(super) fn new(site: Arc<Inner>, target: Arc<Target>, life: Arc<Life>) -> io::Result<Self> {
        let probe = Probe { target: target.clone(), id: site.control_id() };
        let watched = life.clone();
        let broken = life.clone();
        let panicked = move || broken.lost("a thread of this side panicked");
        let lane = Arc::new(site.outbox.lane(move |session| probe.watch(session, &watched), panicked)?);
        let deliver = deliver(target.clone(), life.clone());
        Ok(Self { site, target, life, lane, urgent: Arc::default(), deliver })
    }

    /// Asks the host for the object, and another one if that has no room and the start `moves`.
    pub(super) fn begin(&self, instance: u128, start: RemoteStart, moves: bool) {
        let (target, life, lane) = (self.target.clone(), self.life.clone(), self.lane.clone());
        let site = Arc::downgrade(&self.site);
        let kept = moves.then(|| start.clone());
        let movable = kept.map(|start| Movable {
            site,
            target: target.clone(),
            life: life.clone(),
            lane: lane.clone(),
            start,
            tried: Vec::new(),
        });
        let request = self.site.request(instance, start);
        Asking { target, life, lane, id: self.site.control_id(), movable }.ask(request);
    }

    /// What ends the object, or one of its calls. It leaves before calls that wait.
    fn overtake(&self, control: &Control) -> Job {
        let (life, urgent) = (self.life.clone(), self.urgent.clone());
        let job = control_job(self.target.clone(), self.site.control_id(), control, Priority::RealTime);
        self.urgent.push(Box::new(move |session| life.sending(|| job(session))));
        Box::new(move |session| urgent.run(session))
    }
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
        let job = control_job(self.target.clone(), id, &control, Priority::DEFAULT);
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
                let job = control_job(self.target.clone(), id, &control, Priority::DEFAULT);
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
