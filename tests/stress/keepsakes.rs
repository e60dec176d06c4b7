//! Handles of objects that the victims keep: made, used, dropped, and asked after their process is
//! gone.
//!
//! Invariant: a handle answers with its own words, or says that its process is gone. It never
//! answers for a later process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use concurrent_object::{CallError, HandleProblem};

use crate::calls::{Caller, Form};
use crate::content::{self, Content};
use crate::keepsake::{KeepsakeHandle, both};
use crate::ledger::{Expected, Seen};
use crate::life::Life;
use crate::object::VictimProxy;
use crate::report::must;
use crate::worker::Worker;

/// The most that a worker keeps.
const MAX_KEPT: usize = 12;

/// The longest list of words.
const MAX_LEN: usize = 200;

/// A handle, and what the worker knows of the object behind it.
#[derive(Clone)]
pub struct Keeping {
    // Declared before the object's record, and so dropped before it.
    handle: KeepsakeHandle,
    words: Arc<[u64]>,
    /// The instances of the object before the call that made it, and after.
    made: (u64, u64),
    given_away: Arc<AtomicBool>,
    life: Arc<Life>,
}

impl Keeping {
    fn is_of(&self, life: &Life) -> bool {
        self.life.name == life.name
    }

    /// Whether the process that keeps the object may be gone, or the object itself.
    fn may_be_stale(&self) -> bool {
        self.given_away.load(Ordering::SeqCst) || self.life.handle.incarnation() > self.made.0
    }

    /// Whether a call that was made in this instance may have a result.
    fn may_answer(&self, instance: u64) -> bool {
        instance <= self.made.1
    }
}

/// Checks what a call returned that was made in this instance, with these handles of one object.
fn check<T>(handles: &[&Keeping], instance: u64, outcome: &Result<T, CallError>) {
    let made: Vec<_> = handles.iter().map(|keeping| keeping.made).collect();
    let fits = match outcome {
        Ok(_) => handles.iter().all(|keeping| keeping.may_answer(instance)),
        Err(CallError::Handle { problem: HandleProblem::Stale, .. }) => handles.iter().any(|one| one.may_be_stale()),
        Err(_) => true,
    };
    let outcome = outcome.as_ref().map(drop);
    must!(fits, "{}: made in {made:?}, called in instance {instance}: {outcome:?}", handles[0].life.name);
}

pub fn play(worker: &mut Worker<'_>, life: &Arc<Life>, proxy: &VictimProxy) {
    worker.keepsakes.retain(|keeping| keeping.life.proxy().is_some() || fastrand::u32(..8) != 0);
    if worker.keepsakes.len() < MAX_KEPT / 2 || worker.rng.u32(..4) == 0 {
        make(worker, life, proxy);
    }
    while worker.keepsakes.len() > MAX_KEPT {
        let at = worker.rng.usize(..worker.keepsakes.len());
        drop(worker.keepsakes.swap_remove(at));
    }
    for _ in 0..worker.rng.u32(1..4) {
        let Some(keeping) = any(worker) else { return };
        match worker.rng.u32(..10) {
            0..4 => show(worker, &keeping),
            4..6 => show_later(worker, &keeping),
            6..9 => compare(worker, &keeping),
            _ => give_away(worker, &keeping),
        }
    }
}

fn any(worker: &mut Worker<'_>) -> Option<Keeping> {
    let at = worker.rng.usize(..worker.keepsakes.len().max(1));
    worker.keepsakes.get(at).cloned()
}

fn make(worker: &mut Worker<'_>, life: &Arc<Life>, proxy: &VictimProxy) {
    let (seed, len) = (worker.rng.u64(..), worker.rng.usize(..MAX_LEN));
    let words = content::words(seed, len);
    let id = announce(worker, life, Expected::Result(words.digest()));
    let before = life.handle.incarnation();
    let call = proxy.keep(id, seed, len);
    life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
    let outcome = worker.wait("a call that makes a handle", life, || call.wait());
    if let Ok((_, (_, handle))) = &outcome {
        worker.seats.tally.count("handles");
        let made = (before, life.handle.incarnation());
        let (handle, given_away) = (handle.clone(), Arc::default());
        worker.keepsakes.push(Keeping { handle, words: words.into(), made, given_away, life: life.clone() });
    }
    worker.settle(life, id, outcome);
}

fn announce(worker: &Worker<'_>, life: &Life, expected: Expected) -> u64 {
    let id = worker.seats.next_call();
    life.ledger.announce(id, expected, false);
    id
}

fn show(worker: &mut Worker<'_>, keeping: &Keeping) {
    let life = &keeping.life;
    let (id, before) =
        (announce(worker, life, Expected::OfKeepsake(keeping.words.digest())), life.handle.incarnation());
    let call = keeping.handle.show(id);
    life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
    let outcome = worker.wait("a call of a handle", life, || call.wait());
    check(&[keeping], before, &outcome);
    worker.settle(life, id, outcome);
}

/// Makes a call that is kept, cancelled or dropped like any other.
fn show_later(worker: &mut Worker<'_>, keeping: &Keeping) {
    let (life, Some(proxy)) = (&keeping.life, keeping.life.proxy()) else { return };
    let id = announce(worker, life, Expected::OfKeepsake(keeping.words.digest()));
    let call = keeping.handle.show(id);
    Caller { worker, life, proxy: &proxy, form: Form::Held, hangs: false }.held(id, call);
}

/// Passes another handle, which may be of another object.
fn compare(worker: &mut Worker<'_>, keeping: &Keeping) {
    let (life, Some(other)) = (&keeping.life, any(worker)) else { return };
    let expected = Expected::OfKeepsake(both(&keeping.words, &other.words));
    let (id, before) = (announce(worker, life, expected), life.handle.incarnation());
    let call = keeping.handle.compare(id, &other.handle);
    life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
    let outcome = worker.wait("a call with a handle", life, || call.wait());
    if other.is_of(life) {
        check(&[keeping, &other], before, &outcome);
        return worker.settle(life, id, outcome);
    }
    match outcome {
        Err(CallError::Encode { .. }) => {
            worker.seats.tally.count("handles of other objects refused");
            worker.saw(life, id, Seen::Refused);
        }
        outcome => {
            must!(outcome.is_err(), "{}: compared with a keepsake of {}", life.name, other.life.name);
            worker.settle(life, id, outcome);
        }
    }
}

/// Takes the object from its handle. The worker keeps the handle, which is stale then.
fn give_away(worker: &mut Worker<'_>, keeping: &Keeping) {
    let life = &keeping.life;
    let (id, before) =
        (announce(worker, life, Expected::OfKeepsake(keeping.words.digest())), life.handle.incarnation());
    let was_given_away = keeping.given_away.swap(true, Ordering::SeqCst);
    let call = keeping.handle.clone().give_away(id);
    life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
    let outcome = worker.wait("a call that takes an object from its handle", life, || call.wait());
    check(&[keeping], before, &outcome);
    must!(!was_given_away || outcome.is_err() || life.birth.limits.of_calls, "{}: it was given away twice", life.name);
    worker.settle(life, id, outcome);
}
