//! The thread of a host, and what hands it work.
//!
//! Knows how a host appears and goes; what the thread does is in `worker/server.rs`. Zenoh's threads
//! hand it work and never wait for it. Invariant: the host's token is there only while it serves.

mod server;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use concurrent_object::bridge::Message;
use zenoh::Wait;
use zenoh::pubsub::Subscriber;
use zenoh::query::{Query, Queryable};
use zenoh::sample::{Sample, SampleKind};

use super::Starter;
use super::hosted::Hosted;
use super::starts::{Starts, Turn};
use crate::keys::Keys;
use crate::presence::HostPresence;
use crate::session::{Closing, Declared, Outbox};
use crate::{Config, HostInfo, SiteError};
use server::Server;

/// What the thread is to do.
pub enum Work {
    /// Start an object.
    Start(Query, Box<Message>, Turn),
    /// A proxy's session is there.
    OwnerCame(String),
    /// A proxy's session is gone.
    OwnerLeft(String),
    /// An object has ended.
    Ended,
    /// Take no further object, wait for open calls for at most this time, end the objects.
    Stop(Duration),
}

/// Where starts come, the tokens of the owners, and where calls come.
type WorkerKeys = (Declared<Queryable<()>>, Declared<Subscriber<()>>, Declared<Subscriber<()>>);

/// The objects by their secret, for the threads of Zenoh that bring calls.
#[derive(Clone, Default)]
pub struct Reachable(Arc<RwLock<HashMap<u128, Weak<Hosted>>>>);

impl Reachable {
    fn find(&self, instance: u128) -> Option<Arc<Hosted>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&instance)?.upgrade()
    }

    /// Adds an object.
    pub fn add(&self, instance: u128, hosted: &Arc<Hosted>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(instance, Arc::downgrade(hosted));
    }

    /// Removes those that are gone.
    pub fn clean(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|_, hosted| hosted.strong_count() > 0);
    }
}

/// A host's thread, and what others read of it.
#[derive(Debug)]
pub struct HostWorker {
    work: mpsc::Sender<Work>,
    count: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
    /// Undeclared before the session closes.
    declared: Option<WorkerKeys>,
    closing: Option<Closing>,
}

impl HostWorker {
    /// Announces the host, and begins to serve.
    pub fn start(config: &Config, info: HostInfo, starter: Box<dyn Starter>) -> Result<Self, SiteError> {
        let keys = Keys::new(config.realm());
        let (work, queue) = mpsc::channel();
        let (outbox, closing) = Outbox::open_to_close(config)?;
        let lane = Arc::new(outbox.lane(|_| None, || ()).map_err(SiteError::Thread)?);
        let start_key = keys.start(&info.host);
        let starts = Starts::new(start_key.clone(), config.message_limit(), lane.clone(), work.clone());
        let (send, owner_keys) = (work.clone(), keys.clone());
        let owners = move |sample: Sample| {
            if let Some(owner) = owner_keys.owner_of(sample.key_expr().as_str()) {
                let owner = owner.to_owned();
                let came = sample.kind() == SampleKind::Put;
                let _ = send.send(if came { Work::OwnerCame(owner) } else { Work::OwnerLeft(owner) });
            }
        };
        let all_owners = keys.all_owners();
        let objects = Reachable::default();
        let (reachable, call_keys, host) = (objects.clone(), keys.clone(), info.host.clone());
        let calls = move |sample: Sample| {
            // Only a message that names an object comes from a side that knows its secret.
            let instance = call_keys.instance_of(&host, sample.key_expr().as_str());
            if let Some(hosted) = instance.and_then(|instance| reachable.find(instance)) {
                hosted.take(&sample);
            }
        };
        let all_calls = keys.objects(&info.host);
        let declared = outbox.ask(move |session| {
            let calls = session.declare_subscriber(all_calls).callback(calls).wait()?;
            let owners = session.liveliness().declare_subscriber(all_owners).history(true).callback(owners).wait()?;
            let taken = session.declare_queryable(start_key).complete(true);
            Ok((taken.callback(move |query| starts.take(query)).wait()?, owners, calls))
        });
        let (starts, owners, calls) = declared.map_err(SiteError::zenoh("serve starts"))?;
        // The token comes last: a site that sees it may start objects.
        let presence = HostPresence::with(&outbox, &keys, info.clone())?;
        let count = Arc::new(AtomicUsize::new(0));
        let server = Server {
            limit: config.message_limit(),
            window: config.window(),
            grace: config.owner_grace(),
            any_build: config.allows_any_build(),
            outbox: outbox.clone(),
            lane,
            work: work.clone(),
            info,
            starter,
            presence: Some(presence),
            count: count.clone(),
            objects: HashMap::new(),
            reachable: objects,
            owners: HashSet::new(),
        };
        let thread = thread::Builder::new().name("co-zenoh-host".to_owned()).spawn(move || server.run(&queue));
        let thread = Some(thread.map_err(SiteError::Thread)?);
        let declared = Some((outbox.hold(starts), outbox.hold(owners), outbox.hold(calls)));
        Ok(Self { work, count, thread, declared, closing: Some(closing) })
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
        self.declared = None;
        self.closing.take().into_iter().for_each(Closing::wait);
    }
}

impl Drop for HostWorker {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}
