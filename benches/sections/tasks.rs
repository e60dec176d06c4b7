//! What waiting in tasks costs others: the thread that wakes them, the other tasks of an executor,
//! and a task that drops a proxy.

use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{Call, OnDrop};
use tokio::time::{MissedTickBehavior, interval};

use crate::measure::Effort;
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::process::{Done, descriptors_and_threads};
use crate::report::{Aim, Findings};

/// Of the ticker beside a busy task.
const TICK: Duration = Duration::from_millis(2);

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mut findings = pending_calls(effort)?;
    findings.add(tickers(effort)?);
    findings.add(dropped_proxies(effort)?);
    Ok(findings)
}

/// Many calls that tasks wait for, none of which is answered.
fn pending_calls(effort: Effort) -> Outcome<Findings> {
    let (objects, calls) = effort.either((20, 50), (2, 5));
    let (rests, watched) = effort.either((3000, Duration::from_secs(2)), (100, Duration::from_millis(20)));
    let objects = (0..objects).map(|_| ready()).collect::<Outcome<Vec<_>>>()?;
    let (_, threads_before) = descriptors_and_threads()?;
    // The first call of each object holds up the others.
    let mut pending: Vec<Call<()>> = objects.iter().map(|object| object.rest(rests)).collect();
    pending.extend(objects.iter().flat_map(|object| (1..calls).map(|_| object.nothing())));
    let mut context = Context::from_waker(Waker::noop());
    let began = Instant::now();
    for call in &mut pending {
        if std::pin::Pin::new(call).poll(&mut context).is_ready() {
            return Err("a call that waits behind a long one has an outcome".into());
        }
    }
    let registered = began.elapsed().as_secs_f64() * 1e6 / pending.len() as f64;
    let (_, threads) = descriptors_and_threads()?;
    let before = Done::by(std::process::id())?;
    thread::sleep(watched);
    let used = Done::by(std::process::id())?.since(before).processor_nanoseconds as f64 / 1e6;
    pending.into_iter().try_for_each(Call::wait)?;
    let mut findings = Findings::default();
    let what = format!("{} pending calls of {} objects", calls * objects.len(), objects.len());
    findings.fact(format!("{what}: threads that this started"), (threads - threads_before) as f64);
    findings.aims.push(Aim::number(format!("{what}: to register each"), 1.0, "µs", registered));
    findings.aims.push(Aim::number(format!("{what}: in 2 s"), 1.0, "ms of processor time", used));
    Ok(findings)
}

/// The lateness of a ticker beside a task that never rests, on one thread of tokio.
fn tickers(effort: Effort) -> Outcome<Findings> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let (adder, ticks) = (Arc::new(ready()?), effort.either(1000, 5));
    let mut ratios = Vec::new();
    let (mut yielding, mut awaiting) = (0.0, 0.0);
    for _ in 0..effort.either(5, 1) {
        yielding = runtime.block_on(lateness(ticks, async |ends| {
            while !ends.load(Ordering::Relaxed) {
                tokio::task::yield_now().await;
            }
        }));
        let adder = adder.clone();
        awaiting = runtime.block_on(lateness(ticks, async move |ends| {
            while !ends.load(Ordering::Relaxed) {
                black_box(adder.add(1, 2).await.is_ok());
            }
        }));
        ratios.push(awaiting / yielding);
    }
    ratios.sort_by(f64::total_cmp);
    let mut findings = Findings::default();
    findings.fact("µs that a ticker is late (p99) beside a task that yields", yielding);
    findings.fact("µs that a ticker is late (p99) beside a task that awaits calls", awaiting);
    let ratio = ratios.get(ratios.len() / 2).copied();
    findings.aims.push(Aim::at_most(
        "lateness of a ticker (p99), beside awaited calls",
        2.0,
        "that beside yields",
        ratio,
    ));
    Ok(findings)
}

/// Returns the 99th percentile of the lateness of a ticker, in microseconds.
async fn lateness<W: AsyncFnOnce(Arc<AtomicBool>)>(ticks: usize, beside: W) -> f64 {
    let ends = Arc::new(AtomicBool::new(false));
    let ticking = async {
        let mut late = Vec::with_capacity(ticks);
        let mut ticker = interval(TICK);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..ticks {
            let due = ticker.tick().await;
            late.push(due.elapsed().as_secs_f64() * 1e6);
        }
        ends.store(true, Ordering::Relaxed);
        late.sort_by(f64::total_cmp);
        late[(ticks * 99 / 100).min(ticks - 1)]
    };
    let (late, ()) = tokio::join!(ticking, beside(ends.clone()));
    late
}

/// A proxy that is dropped while a method runs.
fn dropped_proxies(effort: Effort) -> Outcome<Findings> {
    let mut longest = Duration::ZERO;
    for _ in 0..effort.either(20, 1) {
        let builder = AdderProxy::builder("adder").on_drop(OnDrop::Background).grace(Duration::from_millis(50));
        let adder = builder.start()?;
        adder.wait_until_ready()?;
        let running = adder.rest(5000);
        let began = Instant::now();
        drop(adder);
        longest = longest.max(began.elapsed());
        drop(running);
    }
    let mut findings = Findings::default();
    let milliseconds = longest.as_secs_f64() * 1e3;
    findings.aims.push(Aim::number(
        "the longest drop of a proxy (Background) while a method runs",
        1.0,
        "ms",
        milliseconds,
    ));
    Ok(findings)
}
