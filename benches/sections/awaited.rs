//! `add(u64, u64)`, awaited on several executors and beside other objects, to the same call that a
//! thread waits for.

use std::future::Future;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{Call, Waitable, block_on, wait_any};

use crate::limits::eventfd::Eventfd;
use crate::measure::{Contender, Effort, Plan, Timing, compare_as};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};

const BLOCKING: &str = "wait()";
const OWN: &str = "await, block_on of this library";
const CURRENT: &str = "await, tokio current_thread";
const MULTI: &str = "await, tokio multi_thread, spawned";

/// The rest before each call of the second comparison.
const REST: Duration = Duration::from_millis(1);

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let (eventfd, adder) = (Eventfd::start()?, std::sync::Arc::new(ready()?));
    let mut findings = Findings::default();
    for (rest, calls, bounds) in [(None, 2000, (1.25, 2.0)), (Some(REST), 60, (1.4, 1.7))] {
        let title = match rest {
            None => "add(u64, u64), awaited in a loop",
            Some(_) => "add(u64, u64), awaited after 1 ms of rest",
        };
        let mut contenders =
            vec![pinged(&eventfd, rest), blocking(&adder, rest), awaiting(OWN, &adder, rest, block_on)];
        contenders.extend(on_tokio(&adder, rest)?);
        let plan = Plan { calls: effort.either(calls, 2), timing: Timing::Together, pause: None, room: Duration::MAX };
        let comparison = compare_as(title, effort, plan, &mut contenders)?;
        let aims = [(OWN, bounds.0), (CURRENT, bounds.0), (MULTI, bounds.1)].map(|(name, bound)| {
            Aim::at_most(format!("{title}: {name}"), bound, BLOCKING, comparison.ratio(name, &[BLOCKING]))
        });
        findings.add(Findings::of(comparison, aims));
    }
    findings.add(several(effort)?);
    Ok(findings)
}

/// Sums the times of calls, each of which begins after a rest.
fn timed(calls: u32, rest: Option<Duration>, mut call: impl FnMut() -> Outcome) -> Outcome<Duration> {
    let mut sum = Duration::ZERO;
    for _ in 0..calls {
        rest.into_iter().for_each(thread::sleep);
        let began = Instant::now();
        call()?;
        sum += began.elapsed();
    }
    Ok(sum)
}

fn pinged(eventfd: &Eventfd, rest: Option<Duration>) -> Contender<'_> {
    Contender::timed(Eventfd::NAME, move |calls| timed(calls, rest, || eventfd.ping()))
}

fn blocking(adder: &AdderProxy, rest: Option<Duration>) -> Contender<'_> {
    Contender::timed(BLOCKING, move |calls| {
        timed(calls, rest, || {
            black_box(adder.add(1, 2).wait()?);
            Ok(())
        })
    })
}

async fn await_calls(
    adder: std::sync::Arc<AdderProxy>,
    calls: u32,
    rest: Option<Duration>,
) -> Result<Duration, String> {
    let mut sum = Duration::ZERO;
    for _ in 0..calls {
        rest.into_iter().for_each(thread::sleep);
        let began = Instant::now();
        black_box(adder.add(1, 2).await.map_err(|error| error.to_string())?);
        sum += began.elapsed();
    }
    Ok(sum)
}

type Awaited = std::pin::Pin<Box<dyn Future<Output = Result<Duration, String>> + Send>>;

fn awaiting<'c>(
    name: &str,
    adder: &std::sync::Arc<AdderProxy>,
    rest: Option<Duration>,
    run: impl Fn(Awaited) -> Result<Duration, String> + 'c,
) -> Contender<'c> {
    let adder = adder.clone();
    Contender::timed(name, move |calls| Ok(run(Box::pin(await_calls(adder.clone(), calls, rest)))?))
}

#[cfg(feature = "peers")]
fn on_tokio<'c>(adder: &std::sync::Arc<AdderProxy>, rest: Option<Duration>) -> Outcome<Vec<Contender<'c>>> {
    let current = tokio::runtime::Builder::new_current_thread().build()?;
    let multi = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let spawned = move |task: Awaited| {
        let task = multi.spawn(task);
        multi.block_on(task).map_err(|error| error.to_string())?
    };
    Ok(vec![awaiting(CURRENT, adder, rest, move |task| current.block_on(task)), awaiting(MULTI, adder, rest, spawned)])
}

#[cfg(not(feature = "peers"))]
fn on_tokio<'c>(_: &std::sync::Arc<AdderProxy>, _: Option<Duration>) -> Outcome<Vec<Contender<'c>>> {
    Ok(Vec::new())
}

/// A thread that waits for the first of several objects, of which one answers.
fn several(effort: Effort) -> Outcome<Findings> {
    let objects = (0..64).map(|_| ready()).collect::<Outcome<Vec<_>>>()?;
    let mut contenders = vec![blocking(&objects[0], None)];
    for count in [1, 4, 16, 64] {
        let (objects, mut turn) = (&objects[..count], 0);
        contenders.push(Contender::new(format!("wait_any for {count}"), move || {
            turn = (turn + 1) % count;
            let mut call: Call<u64> = objects[turn].add(1, 2);
            let mut of: Vec<&dyn Waitable> = objects.iter().map(|object| object as &dyn Waitable).collect();
            of[turn] = &call;
            if wait_any(&of, None) != Some(turn) {
                return Err("another object has something".into());
            }
            black_box(call.try_wait().ok_or("its outcome is there")??);
            Ok(())
        }));
    }
    let title = "the first of several objects";
    let plan = Plan { calls: effort.either(2000, 2), timing: Timing::Together, pause: None, room: Duration::MAX };
    let comparison = compare_as(title, effort, plan, &mut contenders)?;
    let aims = [(1, 2.0), (64, 20.0)].map(|(count, bound)| {
        let name = format!("wait_any for {count}");
        Aim::at_most(format!("{title}: {name}"), bound, BLOCKING, comparison.ratio(&name, &[BLOCKING]))
    });
    Ok(Findings::of(comparison, aims))
}
