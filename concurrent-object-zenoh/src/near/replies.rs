//! What the replies of a host mean for an object.
//!
//! Knows the kinds of replies; knows nothing of sessions. Zenoh drops the taker when no more replies
//! come: the host, or the link, is gone. Invariant: an object has a last event then.

use std::sync::{Arc, Weak};

use zenoh::query::Reply;

use super::life::Life;
use crate::reply::{Collected, Collector};
use crate::session::Lane;

/// Takes the replies to the start of an object: all that comes from its host.
pub struct Stream {
    pub(super) life: Arc<Life>,
    pub(super) lane: Weak<Lane>,
    pub(super) collector: Collector,
}

impl Stream {
    pub(super) fn take(&mut self, reply: &Reply) {
        self.life.heard();
        match self.collector.take(reply) {
            Ok(Some(Collected::Event(event))) => self.life.put(event),
            Ok(Some(Collected::Taken(load))) => {
                if let Some(lane) = self.lane.upgrade() {
                    self.life.taken(&lane, load);
                }
            }
            Ok(Some(Collected::Missing(calls))) => self.life.missing(&calls),
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
