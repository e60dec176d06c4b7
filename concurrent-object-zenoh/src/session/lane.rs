//! The thread that sends the messages of one object.
//!
//! Knows jobs; knows nothing of what they send. Invariant: a job of one object never waits for the link
//! of another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{io, thread};

use zenoh::Session;

use super::Job;

/// The way to the thread. It ends when this is dropped, and its jobs are done.
#[derive(Debug)]
pub struct Lane {
    jobs: mpsc::Sender<Job>,
    waiting: Arc<AtomicUsize>,
}

impl Lane {
    /// Begins the thread. `watch` runs on it before each job, and returns after what time it wants to
    /// run again although there is no job.
    pub fn begin(
        session: Session,
        mut watch: impl FnMut(&Session) -> Option<Duration> + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let waiting = Arc::new(AtomicUsize::new(0));
        let counted = waiting.clone();
        let run = move || {
            loop {
                let next = match watch(&session) {
                    None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                    Some(pause) => queue.recv_timeout(pause),
                };
                match next {
                    Ok(job) => {
                        job(&session);
                        counted.fetch_sub(1, Ordering::Relaxed);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        };
        thread::Builder::new().name("co-zenoh-lane".to_owned()).spawn(run)?;
        Ok(Self { jobs, waiting })
    }

    /// Runs a job on the thread, later.
    pub fn post(&self, job: impl FnOnce(&Session) + Send + 'static) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The thread ends only after this sender is dropped.
        let _ = self.jobs.send(Box::new(job));
    }

    /// How many jobs are not done.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}
