//! The thread that serves a host: starts, ends, owners that are gone, times.
//!
//! Zenoh's threads hand it work and never wait for it. It sleeps while no call is open.
//! Invariant: only this thread adds objects and removes them.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use concurrent_object::bridge::{EndKind, Event};
use zenoh::pubsub::Subscriber;
use zenoh::query::{Query, Queryable};
use zenoh::sample::{Sample, SampleKind};
use zenoh::{Session, Wait};

use super::Starter;
use super::hosted::{Hosted, Terms};
use crate::control::{self, StartRequest};
use crate::keys::Keys;
use crate::presence::HostPresence;
use crate::session::{Declared, Outbox};
use crate::wire::{self, HEADER, Header, Kind, PIECE};
use crate::{Config, HostInfo, SiteError};

/// How many starts may wait. More are refused.
const MAX_WAITING: usize = 32;
/// How often the thread looks at open calls and at owners, while there are objects.
const TICK: Duration = Duration::from_millis(10);

enum Work {
    Start(Query),
    OwnerCame(String),
    OwnerLeft(String),
    Stop(Duration),
}

/// A host's thread, and what others read of it.
#[derive(Debug)]
pub struct Agent {
    work: mpsc::Sender<Work>,
    count: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
    _starts: Declared<Queryable<()>>,
    _owners: Declared<Subscriber<()>>,
}

impl Agent {
    /// Announces the host, and begins to serve.
    pub fn start(config: &Config, info: HostInfo, starter: Box<dyn Starter>) -> Result<Self, SiteError> {
        let keys = Keys::new(config.realm());
        let (work, queue) = mpsc::channel();
        let outbox = Outbox::open(config)?;
        let host = info.host.clone();
        let start_key = keys.start(&host);
        let (send, waiting) = (work.clone(), Arc::new(AtomicUsize::new(0)));
        let counted = waiting.clone();
        // The queue is bounded by a count, since `Stop` must always find room.
        let starts = move |query: Query| {
            if counted.fetch_add(1, Ordering::AcqRel) < MAX_WAITING {
                let _ = send.send(Work::Start(query));
            } else {
                counted.fetch_sub(1, Ordering::AcqRel);
            }
        };
        let (send, owner_keys) = (work.clone(), keys.clone());
        let owners = move |sample: Sample| {
            if let Some(owner) = owner_keys.owner_of(sample.key_expr().as_str()) {
                let owner = owner.to_owned();
                let came = sample.kind() == SampleKind::Put;
                let _ = send.send(if came { Work::OwnerCame(owner) } else { Work::OwnerLeft(owner) });
            }
        };
        let all_owners = keys.all_owners();
        let declared = outbox.ask(move |session| {
            let owners = session.liveliness().declare_subscriber(all_owners).history(true).callback(owners).wait()?;
            let starts = session.declare_queryable(start_key).complete(true).callback(starts).wait()?;
            Ok((starts, owners))
        });
        let (starts, owners) = declared.map_err(SiteError::zenoh("serve starts"))?;
        // The token comes last: a site that sees it may start objects.
        let presence = HostPresence::with(&outbox, &keys, info.clone())?;
        let count = Arc::new(AtomicUsize::new(0));
        let server = Server {
            limit: config.message_limit(),
            window: config.window(),
            grace: config.owner_grace(),
            any_build: config.allows_any_build(),
            outbox: outbox.clone(),
            keys,
            info,
            starter,
            presence: Some(presence),
            waiting,
            count: count.clone(),
            objects: HashMap::new(),
            owners: HashSet::new(),
        };
        let thread = thread::Builder::new().name("co-zenoh-host".to_owned()).spawn(move || server.run(&queue));
        let thread = Some(thread.map_err(SiteError::Thread)?);
        Ok(Self { work, count, thread, _starts: outbox.hold(starts), _owners: outbox.hold(owners) })
    }

    /// How many objects it holds.
    pub fn objects(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Takes no further object, waits for open calls for at most this time, ends the objects.
    pub fn drain(mut self, limit: Duration) {
        self.stop(limit);
    }

    fn stop(&mut self, limit: Duration) {
        let _ = self.work.send(Work::Stop(limit));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of a host panicked");
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}

/// An object, and what is known of its owner.
struct Entry {
    hosted: Arc<Hosted>,
    owner: String,
    /// Since when the owner is not there.
    alone: Option<Instant>,
    /// The owner was there, and went: it has given up its objects, also if it comes again.
    forsaken: bool,
    _queryable: Declared<Queryable<()>>,
}

struct Server {
    limit: u64,
    window: u32,
    grace: Duration,
    any_build: bool,
    outbox: Outbox,
    keys: Keys,
    info: HostInfo,
    starter: Box<dyn Starter>,
    presence: Option<HostPresence>,
    waiting: Arc<AtomicUsize>,
    count: Arc<AtomicUsize>,
    objects: HashMap<u128, Entry>,
    owners: HashSet<String>,
}

impl Server {
    fn run(mut self, queue: &mpsc::Receiver<Work>) {
        loop {
            let work = if self.objects.is_empty() { queue.recv().ok() } else { queue.recv_timeout(TICK).ok() };
            match work {
                Some(Work::Start(query)) => self.take_start(query),
                Some(Work::OwnerCame(owner)) => self.owner_came(owner),
                Some(Work::OwnerLeft(owner)) => self.owner_left(&owner),
                Some(Work::Stop(limit)) => return self.drain(limit),
                None => {}
            }
            self.look(Instant::now());
        }
    }

    fn look(&mut self, now: Instant) {
        let grace = self.grace;
        self.objects.retain(|_, entry| {
            entry.hosted.report_begun(now);
            if entry.alone.is_some_and(|since| now.saturating_duration_since(since) >= grace) {
                return false;
            }
            !entry.hosted.has_ended()
        });
        let held = self.objects.len();
        self.count.store(held, Ordering::Release);
        if let Some(presence) = &self.presence {
            presence.report(u32::try_from(held).unwrap_or(u32::MAX));
        }
    }

    fn owner_came(&mut self, owner: String) {
        for entry in self.objects.values_mut().filter(|entry| entry.owner == owner && !entry.forsaken) {
            entry.alone = None;
        }
        self.owners.insert(owner);
    }

    fn owner_left(&mut self, owner: &str) {
        self.owners.remove(owner);
        for entry in self.objects.values_mut().filter(|entry| entry.owner == owner && !entry.forsaken) {
            entry.alone = Some(Instant::now());
            entry.forsaken = true;
        }
    }

    fn take_start(&mut self, query: Query) {
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        if let Err(reason) = self.start(&query) {
            let bytes = control::event_bytes(&Event::Lost(reason));
            let message = wire::encode(Header::with(Kind::Event, 0, &bytes), &bytes, zenoh::bytes::ZBytes::new());
            self.outbox.post(move |_| drop(query.reply(query.key_expr().clone(), message).wait()));
        }
    }

    fn start(&mut self, query: &Query) -> Result<(), String> {
        if query.key_expr().as_str() != self.keys.start(&self.info.host) {
            return Err("a start names one host".to_owned());
        }
        let request = read_request(query).ok_or("the start cannot be read; do both sides run the same version?")?;
        self.check(&request)?;
        let StartRequest { instance, owner, session, start, .. } = request;
        let key = self.keys.object(&self.info.host, instance);
        let window = start.slots as usize;
        let terms = Terms { key: key.clone(), session, window, limit: self.limit };
        let hosted = Arc::new(Hosted::new(terms, self.outbox.clone(), query.clone()));
        let (taker, reporter) = (Arc::downgrade(&hosted), Arc::downgrade(&hosted));
        let take = move |query| {
            if let Some(hosted) = taker.upgrade() {
                hosted.take(query);
            }
        };
        let declare = move |session: &Session| session.declare_queryable(key).complete(true).callback(take).wait();
        let queryable =
            self.outbox.ask(declare).map_err(|error| format!("the host cannot serve its calls: {error}"))?;
        let sink = move |event| {
            if let Some(hosted) = reporter.upgrade() {
                hosted.report(event);
            }
        };
        let held = self.starter.start(start, Box::new(sink))?;
        hosted.run_by(held);
        let alone = (!self.owners.contains(&owner)).then(Instant::now);
        let entry = Entry { hosted, owner, alone, forsaken: false, _queryable: self.outbox.hold(queryable) };
        self.objects.insert(instance, entry);
        Ok(())
    }

    fn check(&self, request: &StartRequest) -> Result<(), String> {
        let (ours, theirs) = (&self.info.build, &request.build);
        if ours != theirs && !self.any_build {
            return Err(format!("version skew: the host runs {ours}, the proxy {theirs}; run the same program"));
        }
        if self.objects.len() >= self.info.capacity as usize {
            return Err("the host is full".to_owned());
        }
        if self.objects.contains_key(&request.instance) {
            return Err("an object of this id is there".to_owned());
        }
        if request.start.slots > self.window {
            let (asked, limit) = (request.start.slots, self.window);
            return Err(format!("the proxy asks for {asked} slots, and `limits.window` of the host is {limit}"));
        }
        Ok(())
    }

    fn drain(mut self, limit: Duration) {
        // Its token goes first, so that no site chooses this host.
        self.presence = None;
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline && self.objects.values().any(|entry| !entry.hosted.is_idle()) {
            thread::sleep(TICK);
            self.look(Instant::now());
        }
        for entry in self.objects.values() {
            entry.hosted.end(if limit.is_zero() { EndKind::Kill } else { EndKind::Shutdown });
        }
        while Instant::now() < deadline && !self.objects.is_empty() {
            thread::sleep(TICK);
            self.look(Instant::now());
        }
    }
}

fn read_request(query: &Query) -> Option<StartRequest> {
    let payload = query.payload()?;
    let header = wire::decode(payload, PIECE as u64).ok().filter(|header| header.kind == Kind::Control)?;
    control::read(&wire::copy(payload, HEADER, header.structured as usize))
}
