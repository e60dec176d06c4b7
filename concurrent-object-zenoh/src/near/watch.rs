//! Asks a silent host whether it is there.
//!
//! Zenoh notices a dead link, but not a host whose program no longer answers, nor a message that a
//! router dropped. Way here: while something is awaited and no reply comes for half a lease, the lane
//! asks the host for the calls that it has. Invariant: nothing is asked while nothing is awaited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use zenoh::Session;
use zenoh::bytes::ZBytes;
use zenoh::qos::Priority;
use zenoh::query::Reply;

use super::life::{Life, Look};
use super::sending::{ask, send};
use super::target::Target;
use crate::control::Control;
use crate::wire::{self, Kind};

/// What the probes of one object need.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The host answers for itself, until it has the object. Then the answer comes as all replies do.
    pub(super) target: Arc<Target>,
    /// The id of a message of the site that is no call.
    pub(super) id: u128,
}

impl Probe {
    /// Probes if the host is silent. Returns when to look again.
    pub(super) fn watch(&self, session: &Session, life: &Arc<Life>) -> Option<Duration> {
        let asked = match life.look(Instant::now()) {
            Look::Never => return None,
            Look::After(pause) => return Some(pause),
            Look::Object(calls) => {
                let repeatable = life.repeatable(&calls);
                let probe = Control::Probe { calls, repeatable };
                let probe = wire::valued(Kind::Control, self.id, &probe.to_bytes());
                // It must not overtake the calls that it asks for.
                life.sending(|| send(session, &self.target.object(), probe, Priority::DEFAULT))
            }
            Look::Host => {
                let listener = life.clone();
                let take = move |reply: Reply| reply.result().map_or((), |_| listener.heard());
                life.sending(|| ask(session, &self.target.start(), ZBytes::new(), Some(life.limits.lease), take))
            }
        };
        if let Err(error) = asked {
            life.lost(format!("the host could not be asked whether it is there: {error}"));
        }
        Some(life.limits.lease / 2)
    }
}
