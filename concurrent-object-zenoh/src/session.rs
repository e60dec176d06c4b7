//! A Zenoh session, and the threads that talk to it.
//!
//! Problem: a request to Zenoh blocks while the link is congested, also on a thread of Zenoh. It must not
//! run on a thread of a tokio runtime with one thread either. Way here: callers hand jobs to a thread.
//! The session has one for declarations, and each object has one for its messages ([`Lane`]), so
//! that a slow client or host holds up the messages of its own objects only.
//!
//! Knows nothing of messages. Invariant: `post` never blocks, and the jobs of one thread run in the
//! order in which they were posted.

mod lane;
mod opener;

pub use lane::{Deliver, Lane, Small, Task};
pub use opener::is_forked_copy;

use std::sync::{Arc, Weak, mpsc};
use std::time::Duration;
use std::{io, thread};

use zenoh::{Session, Wait};

use crate::{Config, SiteError};

/// Something to do with a session.
pub type Job = Box<dyn FnOnce(&Session) + Send>;

/// The way to a session. The session closes when the last clone is dropped, and its jobs are done.
#[derive(Clone, Debug)]
pub struct Outbox {
    jobs: Arc<mpsc::Sender<Job>>,
}

impl Outbox {
    /// Opens a session on a thread of its own, and waits until it listens.
    pub fn open(config: &Config) -> Result<Self, SiteError> {
        Ok(Self::open_to_close(config)?.0)
    }

    /// The same, and returns what waits until the session is closed.
    pub fn open_to_close(config: &Config) -> Result<(Self, Closing), SiteError> {
        let (config, action) = (config.to_zenoh()?, config.opening());
        opener::claim()?;
        let (jobs, queue) = mpsc::channel();
        let (opened, answer) = mpsc::sync_channel(1);
        let serve = move || match zenoh::open(config).wait() {
            Ok(session) => {
                // The caller waits for this, so it is there.
                let _ = opened.send(Ok(()));
                run(session, &queue);
            }
            Err(source) => drop(opened.send(Err(SiteError::zenoh(action)(source)))),
        };
        let thread = thread::Builder::new().name("co-zenoh".to_owned()).spawn(serve).map_err(SiteError::Thread)?;
        let stopped = || SiteError::zenoh("open a session")("the thread of the session panicked".into());
        answer.recv().unwrap_or_else(|_| Err(stopped()))?;
        Ok((Self { jobs: Arc::new(jobs) }, Closing(thread)))
    }

    /// A way to the session that does not keep it open: for callbacks that the session itself holds.
    pub fn downgrade(&self) -> WeakOutbox {
        WeakOutbox(Arc::downgrade(&self.jobs))
    }

    /// Runs a job on the session's thread, later.
    pub fn post(&self, job: impl FnOnce(&Session) + Send + 'static) {
        // The thread ends only after all senders are dropped.
        let _ = self.jobs.send(Box::new(job));
    }

    /// Runs a job on the session's thread, and waits for what comes of it.
    pub fn ask<R: Send + 'static>(&self, job: impl FnOnce(&Session) -> R + Send + 'static) -> R {
        let (send, receive) = mpsc::sync_channel(1);
        self.post(move |session| drop(send.send(job(session))));
        receive.recv().expect("the session's thread runs each job, and this one has not panicked")
    }

    /// Begins a thread that sends the messages of one object. See [`Lane::begin`].
    pub fn lane(
        &self,
        watch: impl FnMut(&Session) -> Option<Duration> + Send + 'static,
        panicked: impl Fn() + Send + 'static,
    ) -> io::Result<Lane> {
        Lane::begin(self.ask(Session::clone), watch, panicked)
    }

    /// Keeps a declaration of Zenoh. It is undeclared on the session's thread.
    pub fn hold<T: Send + 'static>(&self, declared: T) -> Declared<T> {
        Declared { outbox: self.clone(), declared: Some(declared) }
    }
}

/// The thread of a session. Zenoh writes what it has accepted while the session closes, so a program
/// that ends before that loses its last messages.
#[derive(Debug)]
pub struct Closing(thread::JoinHandle<()>);

impl Closing {
    /// Waits until the session is closed. The caller has dropped its ways to the session.
    pub fn wait(self) {
        if self.0.join().is_err() {
            tracing::error!("the thread of a session panicked");
        }
    }
}

/// See [`Outbox::downgrade`].
#[derive(Clone, Debug)]
pub struct WeakOutbox(Weak<mpsc::Sender<Job>>);

impl WeakOutbox {
    /// `None` if the session closes.
    pub fn upgrade(&self) -> Option<Outbox> {
        self.0.upgrade().map(|jobs| Outbox { jobs })
    }
}

fn run(session: Session, queue: &mpsc::Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        // A job that panics must not take the session from the others.
        let _done = lane::caught(|| job(&session));
    }
    if let Err(error) = session.close().wait() {
        tracing::debug!(%error, "a Zenoh session did not close in order");
    }
}

/// A declaration of Zenoh: a token, a subscriber, a queryable.
#[derive(Debug)]
pub struct Declared<T: Send + 'static> {
    outbox: Outbox,
    declared: Option<T>,
}

impl<T: Send + 'static> Drop for Declared<T> {
    fn drop(&mut self) {
        let declared = self.declared.take();
        self.outbox.post(move |_| drop(declared));
    }
}
