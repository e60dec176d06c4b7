//! Calls whose outcomes are taken later: by a wait, by a `try_wait`, or never.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use concurrent_object::{Call, CallError, block_on, wait_any};
use fastrand::Rng;

use crate::answer::Answer;
use crate::ledger::Seen;
use crate::life::Life;
use crate::report::{differs, must};
use crate::worker::Worker;

/// A call whose outcome will be taken later.
pub struct Kept<T> {
    pub call: Call<T>,
    pub id: u64,
    /// Declared after the call, and so dropped after it: the call may be the last one, which ends
    /// the object when it is dropped.
    pub life: Arc<Life>,
}

/// A kept call, whatever its result type.
pub trait Outstanding: Send {
    fn wait(self: Box<Self>, worker: &mut Worker<'_>);
    /// Polls for the outcome. Returns whether it was there.
    fn look(&mut self, worker: &mut Worker<'_>, timeout: Option<Duration>) -> bool;
    fn drop_untaken(self: Box<Self>, worker: &mut Worker<'_>);
    /// Cancels the call, if its object allows that.
    fn cancel(&self, worker: &Worker<'_>);
}

/// Calls that any worker may settle, whichever made them.
#[derive(Default)]
pub struct Pool(Mutex<Vec<Box<dyn Outstanding>>>);

impl Pool {
    /// Adds a call to the pool, and takes another if there are enough.
    pub fn exchange(&self, rng: &mut Rng, kept: Box<dyn Outstanding>) -> Option<Box<dyn Outstanding>> {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pool.push(kept);
        (pool.len() > 20).then(|| pool.swap_remove(rng.usize(..20)))
    }

    pub fn take_all(&self) -> Vec<Box<dyn Outstanding>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl<T: Answer + Send> Outstanding for Kept<T> {
    fn wait(self: Box<Self>, worker: &mut Worker<'_>) {
        let Self { mut call, id, life } = *self;
        let outcome = match worker.rng.u32(..6) {
            0..3 => worker.wait("the wait of a call", &life, || call.wait()),
            3..5 => worker.wait("the await of a call", &life, || block_on(call)),
            // The call is dropped here, and so before the object's record: it may be the last one.
            _ => worker.wait("the wait for the first of several", &life, move || {
                must!(wait_any(&[&call], None) == Some(0), "call {id}: there is nothing to wait for");
                call.try_wait().unwrap_or_else(|| differs(&format!("call {id}: its outcome is missing")))
            }),
        };
        worker.settle(&life, id, outcome);
    }

    fn look(&mut self, worker: &mut Worker<'_>, timeout: Option<Duration>) -> bool {
        let outcome = match timeout {
            None => self.call.try_wait(),
            Some(timeout) => self.call.wait_timeout(timeout),
        };
        let Some(outcome) = outcome else { return false };
        worker.settle(&self.life, self.id, outcome);
        // A call that was refused returns the same error each time.
        let again = self.call.try_wait();
        let is_taken = matches!(again, Some(Err(CallError::AlreadyTaken { .. })));
        must!(
            is_taken || self.call.id().is_none(),
            "call {} gives two outcomes: {:?}",
            self.id,
            again.map(|outcome| outcome.map(drop))
        );
        true
    }

    fn cancel(&self, worker: &Worker<'_>) {
        if self.life.birth.limits.of_calls {
            worker.seats.tally.count("calls cancelled later, by any thread");
            self.call.cancel();
        }
    }

    fn drop_untaken(self: Box<Self>, worker: &mut Worker<'_>) {
        worker.seats.tally.count("calls dropped");
        worker.saw(&self.life, self.id, Seen::Dropped);
        let life = self.life.clone();
        worker.watch.clone().during("dropping a call", &life.name, || drop(self));
    }
}
