//! A start on its way to a host, and to another one if that has no room.
//!
//! Knows starts; what replies mean is in `replies`. Invariant: each host is asked once.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use concurrent_object::bridge::{EndKind, Event, Refusal, RemoteStart};
use zenoh::qos::Priority;
use zenoh::query::Reply;

use super::Place;
use super::life::Life;
use super::replies::{MoveOn, Stream};
use super::sending::{again_jobs, ask, control_job, deliver};
use super::target::Target;
use crate::control::{Control, StartRequest};
use crate::reply::Collector;
use crate::session::Lane;
use crate::site::Inner;
use crate::wire::{self, Kind};

/// A start on its way to a host.
pub(super) struct Asking {
    pub(super) target: Arc<Target>,
    pub(super) life: Arc<Life>,
    pub(super) lane: Arc<Lane>,
    /// The id of a message that is no call.
    pub(super) id: u128,
    /// What another host is asked for, if it may be another one.
    pub(super) movable: Option<Movable>,
}

impl Asking {
    /// Sends the start. Its replies are the events of the object.
    pub(super) fn ask(self, request: StartRequest) {
        let Self { target, life, lane, id, movable } = self;
        let collector = Collector::new(life.limits.message);
        let dead = target.clone();
        let kill = Box::new(move || control_job(dead.clone(), id, &Control::End(EndKind::Kill), Priority::RealTime));
        let again = again_jobs(deliver(target.clone(), life.clone()));
        let move_on = movable.map(|movable| Box::new(move || movable.move_on()) as MoveOn);
        let stream =
            Stream { life: life.clone(), lane: lane.clone(), kill, again, move_on, has_moved: false, collector };
        let instance = request.instance;
        lane.post(move |session| {
            let (key, stream) = (target.start(), Mutex::new(stream));
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
}

/// A start that may go to another host, if one refuses it.
pub(super) struct Movable {
    /// Weak: the session that the site keeps open holds this.
    pub(super) site: Weak<Inner>,
    pub(super) target: Arc<Target>,
    pub(super) life: Arc<Life>,
    pub(super) lane: Arc<Lane>,
    pub(super) start: RemoteStart,
    /// The hosts that have refused it.
    pub(super) tried: Vec<String>,
}

impl Movable {
    /// Asks another host. False if there is none.
    fn move_on(mut self) -> bool {
        let Some(site) = self.site.upgrade() else { return false };
        self.tried.push(self.target.host());
        let of_type = (self.start.type_name.as_str(), self.start.fingerprint);
        let Ok((host, placement)) = site.place(&Place::Anywhere, of_type, &self.tried) else { return false };
        tracing::info!(host, "a host has no room for an object, and another one is asked");
        self.life.move_to(placement, site.guard.activity(&host));
        self.target.move_to(host);
        let request = site.request(self.target.instance, self.start.clone());
        let (target, life, lane) = (self.target.clone(), self.life.clone(), self.lane.clone());
        Asking { target, life, lane, id: site.control_id(), movable: Some(self) }.ask(request);
        true
    }
}
