//! Ends objects in every possible way, and replaces them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use concurrent_object::Error;

use crate::calls::{Caller, Form};
use crate::held_calls::Kept;
use crate::ledger::{Expected, Seen};
use crate::life::Life;
use crate::object::VictimProxy;
use crate::plan::{Ending, Work};
use crate::report::must;
use crate::worker::Worker;

/// Replaces and ends an object, unless another worker has replaced it.
pub fn replace(worker: &mut Worker<'_>, life: &Arc<Life>) {
    let watch = worker.watch.clone();
    if watch.during("replacing", &life.name, || worker.seats.replace(life, &mut worker.rng)) {
        try_again(worker, life);
        let ending = Ending::choose(&mut worker.rng);
        end(worker, life, ending);
        worker.seats.leave(life.clone());
    }
}

/// Shows that a restarted object still serves calls and enforces its limits, however often it died.
///
/// Runs when few other workers use the object any more. Their calls would make the parent poll the
/// object.
fn try_again(worker: &mut Worker<'_>, life: &Arc<Life>) {
    let limits = &life.birth.limits;
    let Some(proxy) = life.proxy() else { return };
    if limits.restarts.is_none() || worker.rng.u32(..3) == 0 {
        return;
    }
    worker.seats.tally.count("trials before the end");
    worker.waits_at_once = true;
    for _ in 0..worker.rng.u32(1..5) {
        if worker.rng.bool() {
            life.kill();
        }
        let mut caller = Caller { worker, life, proxy: &proxy, form: Form::Held, hangs: false };
        caller.make(Work::Hang { obeys: false });
        caller.hangs = false;
        caller.make(Work::Nothing);
    }
    worker.waits_at_once = false;
}

/// Ends an object whose method loops without end. The worker that made that call ends the object
/// before anything else, even if another worker has replaced it in its seat.
pub fn stop(worker: &mut Worker<'_>, life: &Arc<Life>, proxy: &VictimProxy) {
    worker.seats.tally.count("ended while it spins");
    life.will_end();
    let outcome = worker
        .watch
        .clone()
        .during("stopping what spins", &life.name, || if worker.rng.bool() { proxy.kill() } else { proxy.terminate() });
    must!(outcome.is_ok(), "{}: it could not be ended while it spins: {outcome:?}", life.name);
    replace(worker, life);
}

pub fn end(worker: &mut Worker<'_>, life: &Arc<Life>, ending: Ending) {
    worker.seats.tally.count(&format!("ended by: {ending:?}"));
    let was_asked = life.will_end();
    if !matches!(ending, Ending::Close) || was_asked {
        life.disturbed.store(true, Ordering::SeqCst);
    }
    let watch = worker.watch.clone();
    let ended = |what: &'static str, end: fn(&VictimProxy) -> Result<(), Error>| {
        let outcome = life.proxy().map_or(Ok(()), |proxy| watch.during(what, &life.name, || end(&proxy)));
        must!(outcome.is_ok(), "{}: {what}: {outcome:?}", life.name);
    };
    match ending {
        Ending::Terminate => ended("terminate", |proxy| proxy.terminate()),
        Ending::Kill => ended("kill", |proxy| proxy.kill()),
        Ending::Close => {
            ended("close", |proxy| proxy.close());
            life.closed.store(true, Ordering::SeqCst);
        }
        Ending::Drop => watch.during("dropping a proxy", &life.name, || drop(life.take_proxy())),
        Ending::Finish => {
            // If another worker still has the proxy, the last of them drops it.
            if let Some(proxy) = life.take_proxy().and_then(Arc::into_inner) {
                finish(worker, life, proxy);
            }
        }
    }
}

fn finish(worker: &mut Worker<'_>, life: &Arc<Life>, proxy: VictimProxy) {
    let id = worker.seats.next_call();
    life.ledger.announce(id, Expected::Result(id), false);
    let call = proxy.finish(id);
    life.ledger.accepted(id, call.id().map_or(0, concurrent_object::CallId::get));
    if worker.rng.bool() {
        worker.hold(Kept { call, id, life: life.clone() });
    } else {
        worker.saw(life, id, Seen::Dropped);
        worker.watch.clone().during("dropping the last call", &life.name, || drop(call));
    }
}
