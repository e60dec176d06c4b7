//! Checks that need an object of their own, which no other worker calls or kills. Their outcome is
//! known exactly, while the stress test continues around them.

use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{Call, CallError, RestartPolicy, Started};
use concurrent_object_tests::fate::send;

use crate::leftovers::mark_of;
use crate::report::{differs, must};
use crate::timed_object::{BRIEF, BriefProxy, BriefProxyBuilder};
use crate::worker::{MAX_LATE, Worker};

/// Longer than any wait here.
const LONG: Duration = Duration::from_secs(1_000_000);

pub fn play(worker: &mut Worker<'_>) {
    let (name, scene): (_, fn(&mut Worker<'_>)) = match worker.rng.u32(..4) {
        3 => ("scene: all handles are released", hoard),
        0 => ("scene: restarts are forgiven", forgive),
        1 => ("scene: methods with limits of their own obey", obey),
        _ => ("scene: methods with limits of their own defy", defy),
    };
    worker.seats.tally.count(name);
    worker.watch.clone().during("a scene", name, || scene(worker));
}

fn builder(worker: &Worker<'_>) -> BriefProxyBuilder {
    let (mark, here) = mark_of(&worker.seats.directory);
    BriefProxy::builder("brief").slots(2).env(mark, here)
}

fn start(builder: BriefProxyBuilder) -> BriefProxy {
    let brief = builder.start().unwrap_or_else(|error| differs(&format!("a scene did not start: {error:?}")));
    let ready = brief.wait_until_ready();
    must!(ready.is_ok(), "a scene is not ready: {ready:?}");
    brief
}

fn end(brief: &BriefProxy) {
    let ended = brief.terminate();
    must!(ended.is_ok() && !brief.handle().is_alive(), "a scene did not end: {ended:?}");
}

/// Kills an object several times. The policy allows one restart in a period, and each kill comes
/// after the period.
fn forgive(worker: &mut Worker<'_>) {
    let within = Duration::from_millis(worker.rng.u64(1..40));
    let policy = RestartPolicy::on_death().max(1).within(within).backoff(Duration::ZERO..Duration::ZERO);
    let brief = start(builder(worker).restart(policy));
    for life in 1..4 {
        send(brief.handle().pid(), libc::SIGKILL);
        await_next(&brief, life);
        thread::sleep(within);
    }
    end(&brief);
}

/// Calls until the next instance serves.
fn await_next(brief: &BriefProxy, life: u64) {
    let begin = Instant::now();
    while brief.handle().incarnation() == life {
        must!(begin.elapsed() < MAX_LATE, "killed, but incarnation {life} remains: {brief:?}");
        match brief.answer(life).wait() {
            Ok(answer) => must!(answer == life, "{answer} is not {life}"),
            Err(error) => must!(
                matches!(error, CallError::Died { .. }) && error.started() == Started::Yes,
                "incarnation {life} was not restarted: {error:?}"
            ),
        }
    }
    let answer = brief.answer(life).wait();
    must!(matches!(answer, Ok(answer) if answer == life), "the incarnation after {life} answered {answer:?}");
}

/// Checks precedence: the limit of a call overrides that of its method, which overrides the
/// builder's.
fn obey(worker: &mut Worker<'_>) {
    let of_builder = Duration::from_millis(worker.rng.u64(1..10));
    let brief = start(builder(worker).timeout(of_builder).cancel_grace(LONG));
    let of_call = Duration::from_millis(worker.rng.u64(16..30));
    for _ in 0..worker.rng.u32(1..4) {
        match worker.rng.u32(..4) {
            0 => check_cancelled(worker, brief.obey(), of_builder),
            1 => check_cancelled(worker, brief.obey_shortly(), BRIEF),
            2 => check_cancelled(worker, brief.obey_shortly().with_timeout(of_call), of_call),
            _ => {
                let taken = brief.take_time(2 * of_builder).wait();
                must!(matches!(taken, Ok(taken) if taken == 2 * of_builder), "its own limit is longer, but {taken:?}");
            }
        }
    }
    end(&brief);
}

/// Makes handles, keeps some, and drops them in every way. Then the child must keep nothing.
fn hoard(worker: &mut Worker<'_>) {
    let policy = RestartPolicy::on_death().max(1).within(LONG).backoff(Duration::ZERO..Duration::ZERO);
    let brief = start(builder(worker).restart(policy));
    let (mut kept, killed_at) = (Vec::new(), worker.rng.usize(..200));
    for at in 0..worker.rng.usize(1..100) {
        if at == killed_at {
            send(brief.handle().pid(), libc::SIGKILL);
            await_next(&brief, 1);
        }
        let call = brief.keep(worker.rng.u64(..), worker.rng.usize(..20));
        match worker.rng.u32(..8) {
            0 => drop(call),
            1 => drop(brief.push_keep(1, 1)),
            2 => drop(brief.pull()),
            _ => kept.extend(call.wait().ok()),
        }
        if worker.rng.u32(..4) == 0 && !kept.is_empty() {
            let handle = kept.swap_remove(worker.rng.usize(..kept.len()));
            // After a kill, an older handle is stale.
            let (is_taken, _copy) = (worker.rng.bool(), handle.clone());
            if is_taken { drop(handle.give_away(1).wait()) } else { drop(handle) }
        }
    }
    drop(kept);
    // A pushed call that the kill ended has an error.
    while !matches!(brief.wait_pull(), Ok(None)) {}
    // The results of calls that were dropped before they were answered come before this answer.
    let answer = brief.answer(3).wait();
    must!(matches!(answer, Ok(3)), "an answer after all others: {answer:?}");
    let count = brief.count().wait();
    must!(matches!(count, Ok(0)), "all handles are dropped, but the child keeps {count:?}");
    let handles = brief.handle().statistics().handles;
    must!(handles == 0, "all handles are dropped, but {handles} are counted");
    end(&brief);
}

fn check_cancelled(worker: &Worker<'_>, call: Call<()>, limit: Duration) {
    check_limit(worker, call, limit, Duration::ZERO, false);
}

/// Checks that the object of a method that does not end is killed and restarts.
fn defy(worker: &mut Worker<'_>) {
    let grace = Duration::from_millis(worker.rng.u64(..10));
    let policy = RestartPolicy::on_death().max(1).within(LONG).backoff(Duration::ZERO..Duration::ZERO);
    let brief = start(builder(worker).cancel_grace(grace).restart(policy));
    let next = brief.answer(1);
    let (defied, after) = (brief.defy(), brief.answer(2));
    check_limit(worker, defied, BRIEF, grace, true);
    let answers = (next.wait(), after.wait());
    must!(matches!(answers, (Ok(1), Ok(2))), "before and after what was killed: {answers:?}");
    must!(brief.handle().incarnation() == 2, "killed once: {}", brief.handle().incarnation());
    end(&brief);
}

fn check_limit<T: std::fmt::Debug>(worker: &Worker<'_>, call: Call<T>, limit: Duration, grace: Duration, kills: bool) {
    let begin = Instant::now();
    let outcome = call.wait();
    let fits = matches!(&outcome, Err(error @ CallError::TimedOut { ran_for, killed, .. })
        if *ran_for >= limit && *killed == kills && error.started() == Started::Yes);
    must!(fits, "limit {limit:?} and grace {grace:?}: {outcome:?}");
    let late = begin.elapsed().saturating_sub(limit + grace);
    must!(late < MAX_LATE, "ended {late:?} after its limit");
    worker.seats.tally.time("longest time past a limit, without faults", late);
}
