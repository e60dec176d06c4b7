//! The near end of one object: where it shall live, and the way of its calls there.
//!
//! A start is one query that stays open for the life of the object: its replies are the events, and
//! its end without a last event means that the connection is lost. Each call is a message to its key.
//! Invariant: each start has a last event, at most the lease and a second after the host fell silent. If
//! the lane is blocked in a send then, the `guard` sees it.

mod asking;
mod guard;
mod life;
mod replies;
mod sending;
mod target;
mod urgent;
mod watch;
mod way;

use std::sync::Arc;
use std::time::Duration;

use concurrent_object::StartError;
use concurrent_object::bridge::{Carrier, Event, Events, Refusal, Remote, RemoteStart, TraceParent};

use crate::control::MAX_START;
use crate::session::is_forked_copy;
use crate::site::Inner;
pub use guard::Guard;
use life::Life;
pub use life::SiteLimits;
use target::Target;
use way::Way;

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
        if is_forked_copy() {
            return Err(StartError::ForkedCopy);
        }
        let placed = self.site.place(&self.place, (&start.type_name, start.fingerprint), &[]);
        let (host, placement) = placed.map_err(StartError::from)?;
        let instance = self.site.next_id();
        let target = Arc::new(Target::new(self.site.keys.clone(), instance, host.clone()));
        // Weak: the session that this site keeps open holds the events.
        let (site, lost) = (Arc::downgrade(&self.site), target.clone());
        let noted = Events::new(move |event| {
            if let (Event::Lost(_), Some(site)) = (&event, site.upgrade()) {
                site.lost_at(&lost.host());
            }
            events.put(event);
        });
        let span = tracing::info_span!("object", name = start.name, host, instance = format_args!("{instance:032x}"));
        let mut start = start;
        start.max_output_size = start.max_output_size.min(self.site.limits.message.saturating_sub(MAX_START));
        let life = Life::new(noted, self.site.limits, span, Some(placement));
        let life = Arc::new(life.guarded(&self.site.guard, &host).repeating(&start.idempotent));
        self.site.guard.watch(&life);
        let way = Way::new(self.site.clone(), target, life);
        let way = way.map_err(|error| Refusal::Other(format!("no thread can be started: {error}")))?;
        way.begin(instance, start, matches!(self.place, Place::Anywhere));
        Ok(Box::new(way))
    }

    /// As long as the host may be silent, and its answer may take.
    fn patience(&self) -> Duration {
        self.site.limits.lease + Duration::from_secs(1)
    }

    fn traceparent(&self) -> Option<TraceParent> {
        self.site.trace.current()
    }

    fn name(&self) -> String {
        self.site.keys.realm().to_owned()
    }
}

#[cfg(test)]
mod tests;
