//! What leaves before the calls of an object that wait.
//!
//! Problem: a large call takes long on a slow link, and others wait behind it. A cancellation that waits
//! too comes too late. Way here: the lane looks here before each piece of a call.
//!
//! Knows jobs; knows nothing of what they send. Invariant: each job runs once, in its order.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use zenoh::Session;

use crate::session::Job;

/// The jobs that leave first.
#[derive(Default)]
pub(super) struct Urgent(Mutex<VecDeque<Job>>);

impl Urgent {
    pub(super) fn push(&self, job: Job) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(job);
    }

    /// Runs what is there, on the lane.
    pub(super) fn run(&self, session: &Session) {
        while let Some(job) = self.next() {
            job(session);
        }
    }

    fn next(&self) -> Option<Job> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}
