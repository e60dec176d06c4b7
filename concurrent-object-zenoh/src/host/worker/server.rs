//! What a host's thread does: starts, ends, owners that are gone.
//!
//! It sleeps until there is work, or until an owner's grace is over. Invariant: only this thread adds
//! objects and removes them.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use concurrent_object::bridge::{EndKind, Event, Message, Refusal};
use tracing::Span;
use zenoh::query::Query;

use super::{Reachable, Work};
use crate::HostInfo;
use crate::control::{MAX_START, StartRequest};
use crate::host::Starter;
use crate::host::hosted::{Hosted, Terms};
use crate::host::starts;
use crate::presence::HostPresence;
use crate::session::{Lane, Outbox};

/// The most sessions of proxies that are noted.
const MAX_OWNERS: usize = 4096;

/// An object, and what is known of its owner.
pub(super) struct Entry {
    hosted: Arc<Hosted>,
    owner: String,
    /// The number that the object has in all its lives, and the number of this life.
    object: u64,
    life: u64,
    span: Span,
    /// When it ends, because its owner is not there.
    ends_at: Option<Instant>,
    /// The owner was there, and went: its side has given up the object, also if it comes again.
    is_forsaken: bool,
}

pub(super) struct Server {
    pub(super) limit: u64,
    pub(super) window: u32,
    pub(super) grace: Duration,
    pub(super) any_build: bool,
    pub(super) outbox: Outbox,
    /// Refuses starts.
    pub(super) lane: Arc<Lane>,
    pub(super) work: mpsc::Sender<Work>,
    pub(super) info: HostInfo,
    pub(super) starter: Box<dyn Starter>,
    pub(super) presence: Option<HostPresence>,
    pub(super) count: Arc<AtomicUsize>,
    pub(super) objects: HashMap<u128, Entry>,
    pub(super) reachable: Reachable,
    pub(super) owners: HashSet<String>,
}

impl Server {
    pub(super) fn run(mut self, queue: &mpsc::Receiver<Work>) {
        loop {
            match self.next(queue, None) {
                Some(Work::Stop(limit)) => return self.drain(queue, limit),
                work => self.turn(work),
            }
        }
    }

    /// The next work. `None` if a time is over.
    fn next(&self, queue: &mpsc::Receiver<Work>, deadline: Option<Instant>) -> Option<Work> {
        let end = self.objects.values().filter_map(|entry| entry.ends_at).chain(deadline).min();
        let Some(end) = end else { return queue.recv().ok() };
        queue.recv_timeout(end.saturating_duration_since(Instant::now())).ok()
    }

    fn turn(&mut self, work: Option<Work>) {
        match work {
            Some(Work::Start(query, message, turn)) => {
                self.take_start(&query, *message);
                // The query ends in the lane: that can wait for the link.
                self.lane.post(move |_| drop(query));
                drop(turn);
            }
            Some(Work::OwnerCame(owner)) => self.owner_came(owner),
            Some(Work::OwnerLeft(owner)) => self.owner_left(&owner),
            Some(Work::Ended | Work::Stop(_)) | None => {}
        }
        let now = Instant::now();
        self.objects.retain(|_, entry| {
            let (has_ended, is_alone) = (entry.hosted.has_ended(), entry.ends_at.is_some_and(|end| now >= end));
            if has_ended || is_alone {
                tracing::info!(parent: &entry.span, is_alone, "the object of a proxy has ended");
            }
            !has_ended && !is_alone
        });
        self.reachable.clean();
        let held = self.objects.len();
        self.count.store(held, Ordering::Release);
        if let Some(presence) = &self.presence {
            presence.report(u32::try_from(held).unwrap_or(u32::MAX));
        }
    }

    /// Its session is there again after a cut, and has started again what it had here. So of the two
    /// copies, the one here goes at once.
    fn owner_came(&mut self, owner: String) {
        self.objects.retain(|_, entry| entry.owner != owner || !entry.is_forsaken);
        for entry in self.objects.values_mut().filter(|entry| entry.owner == owner) {
            entry.ends_at = None;
        }
        // Who is not noted has objects for the grace only: each side with the rights of a proxy may declare
        // tokens.
        if self.owners.len() < MAX_OWNERS || self.objects.values().any(|entry| entry.owner == owner) {
            self.owners.insert(owner);
        } else {
            tracing::warn!(owner, "the session of a proxy is not noted: there are too many");
        }
    }

    fn owner_left(&mut self, owner: &str) {
        self.owners.remove(owner);
        for entry in self.objects.values_mut().filter(|entry| entry.owner == owner && !entry.is_forsaken) {
            entry.ends_at = Instant::now().checked_add(self.grace);
            entry.is_forsaken = true;
        }
    }

    fn take_start(&mut self, query: &Query, message: Message) {
        if let Err(reason) = self.start(query, message) {
            starts::refuse(&self.lane, query.clone(), reason);
        }
    }

    fn start(&mut self, query: &Query, message: Message) -> Result<(), Refusal> {
        let request = StartRequest::from_message(message);
        let request = request.ok_or_else(|| Refusal::Other("the start cannot be read".to_owned()))?;
        self.end_earlier_life(&request)?;
        self.check(&request)?;
        let StartRequest { instance, owner, session, start, .. } = request;
        let span = tracing::info_span!(
            "object",
            name = start.name,
            host = self.info.host,
            instance = format_args!("{instance:032x}"),
            traceparent = start.traceparent.map(tracing::field::display),
        );
        let host = self.info.host.clone();
        let (idempotent, object, life) = (start.idempotent.clone(), start.object, start.life);
        let window = start.slots as usize;
        let terms = Terms { host, session, window, limit: self.limit, idempotent, span: span.clone() };
        let lane = self.outbox.lane(|_| None, || ());
        let lane = lane.map_err(|error| Refusal::NoHost(format!("the host has no further thread: {error}")))?;
        let work = self.work.clone();
        let at_end = Box::new(move || drop(work.send(Work::Ended)));
        let hosted = Arc::new(Hosted::new(terms, lane, query.clone(), at_end));
        self.reachable.add(instance, &hosted);
        let reporter = Arc::downgrade(&hosted);
        let sink = move |event: Event| {
            if let Some(hosted) = reporter.upgrade() {
                hosted.report(event);
            }
        };
        // So the child itself says which result is too large, after its method has run.
        let mut start = start;
        start.max_output_size = start.max_output_size.min(self.limit.saturating_sub(MAX_START));
        // It runs the user's `on_start`, whose panic must not end the host.
        let started = catch_unwind(AssertUnwindSafe(|| self.starter.start(start, Box::new(sink))));
        let held = started.unwrap_or_else(|_| Err(Refusal::Other("the host's `on_start` panicked".to_owned())))?;
        let held_now = u32::try_from(self.objects.len() + 1).unwrap_or(u32::MAX);
        let load = self.presence.as_ref().map(|presence| presence.report(held_now)).unwrap_or_default();
        hosted.run_by(held, load);
        tracing::info!(parent: &span, "an object is started for a proxy of another machine");
        let ends_at = if self.owners.contains(&owner) { None } else { Instant::now().checked_add(self.grace) };
        let entry = Entry { hosted, owner, object, life, span, ends_at, is_forsaken: false };
        self.objects.insert(instance, entry);
        Ok(())
    }

    /// Ends an earlier life of the object that is here. Refuses one that is out of date itself.
    fn end_earlier_life(&mut self, request: &StartRequest) -> Result<(), Refusal> {
        let (owner, object, life) = (&request.owner, request.start.object, request.start.life);
        let same = |entry: &Entry| entry.owner == *owner && entry.object == object;
        if self.objects.values().any(|entry| same(entry) && entry.life >= life) {
            return Err(Refusal::Denied("a later life of the object is here".to_owned()));
        }
        self.objects.retain(|_, entry| !same(entry));
        Ok(())
    }

    fn check(&self, request: &StartRequest) -> Result<(), Refusal> {
        // Named as the proxy's side sees them.
        let (ours, seen) = (&request.build, &self.info.build);
        if ours != seen && !self.any_build {
            return Err(Refusal::VersionSkew { ours: ours.clone(), seen: seen.clone() });
        }
        if self.objects.len() >= self.info.capacity as usize {
            return Err(Refusal::NoHost(format!("the host \"{}\" is full", self.info.host)));
        }
        if self.objects.contains_key(&request.instance) {
            return Err(Refusal::Other("an object of this id is there".to_owned()));
        }
        if request.start.slots > self.window {
            let (asked, limit) = (request.start.slots, self.window);
            let reason = format!("the proxy asks for {asked} slots, and `limits.window` of the host is {limit}");
            return Err(Refusal::Denied(reason));
        }
        Ok(())
    }

    fn drain(mut self, queue: &mpsc::Receiver<Work>, limit: Duration) {
        // Its token goes first, so that no site chooses this host.
        self.presence = None;
        let deadline = Instant::now() + limit;
        self.wait_until(queue, deadline, |server| server.objects.values().all(|entry| entry.hosted.is_idle()));
        for entry in self.objects.values() {
            entry.hosted.end(if limit.is_zero() { EndKind::Kill } else { EndKind::Shutdown });
        }
        self.wait_until(queue, deadline, |server| server.objects.is_empty());
    }

    fn wait_until(&mut self, queue: &mpsc::Receiver<Work>, deadline: Instant, is_done: impl Fn(&Self) -> bool) {
        // A call that ends is not reported to this thread, so it looks.
        const LOOK: Duration = Duration::from_millis(10);
        while !is_done(self) && Instant::now() < deadline {
            match self.next(queue, Some(Instant::now() + LOOK)) {
                Some(Work::Start(query, ..)) => {
                    let reason = format!("the host \"{}\" ends, and takes no further object", self.info.host);
                    starts::refuse(&self.lane, query, Refusal::NoHost(reason));
                }
                work => self.turn(work),
            }
        }
    }
}
