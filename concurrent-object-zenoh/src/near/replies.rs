//! What the replies of a host mean for an object.
//!
//! Knows the kinds of replies; knows nothing of sessions. Zenoh drops the taker when no more replies
//! come: the host, or the link, is gone. Invariant: an object has a last event then.

use std::sync::Arc;

use concurrent_object::bridge::{Event, Refusal};
use zenoh::query::Reply;

use super::life::{Life, Request};
use crate::reply::{Collected, Collector};
use crate::session::{Job, Lane};
use crate::wire;

/// Asks another host for the object. False if there is none.
pub(super) type MoveOn = Box<dyn FnOnce() -> bool + Send>;

/// Takes the replies to the start of an object: all that comes from its host.
pub struct Stream {
    pub(super) life: Arc<Life>,
    /// Strong: what waits for the host must leave also if the proxy is gone.
    pub(super) lane: Arc<Lane>,
    /// Ends the object at once.
    pub(super) kill: Box<dyn Fn() -> Job + Send>,
    /// Sends calls again.
    pub(super) again: Box<dyn Fn(Vec<Request>) -> Job + Send>,
    /// Asks another host, until one has taken the start.
    pub(super) move_on: Option<MoveOn>,
    pub(super) has_moved: bool,
    pub(super) collector: Collector,
}

impl Stream {
    pub(super) fn take(&mut self, reply: &Reply) {
        if self.has_moved {
            return;
        }
        self.life.heard();
        if self.life.has_ended() {
            // This side has given the object up, so it ends there, also if it begins now.
            self.collector = Collector::new(0);
            if wire::is_taken(reply) {
                self.lane.post((self.kill)());
            }
            return;
        }
        let Self { life, lane, again, move_on, has_moved, collector, .. } = self;
        let taken = collector.take(reply, |collected| match collected {
            Collected::Event(event) => {
                let has_no_room = matches!(event, Event::Refused(Refusal::NoHost(_)));
                *has_moved |= has_no_room && move_on.take().is_some_and(|move_on| move_on());
                if !*has_moved {
                    life.put(event);
                }
            }
            Collected::Taken(load) => {
                *move_on = None;
                life.taken(lane, load);
            }
            Collected::Missing(missing) => {
                let calls = life.missing(&missing);
                if !calls.is_empty() {
                    lane.post(again(calls));
                }
            }
        });
        if let Err(reason) = taken {
            life.lost(reason);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.has_moved {
            return;
        }
        self.life.lost("the host is gone, out of reach, or denies this side");
    }
}
