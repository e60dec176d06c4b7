//! Awaits an enormous number of calls, one task and one object at a time.
//!
//! A lost wake-up shows only if nothing else wakes the task: no other call, no other thread. So
//! each task here is alone with its object, and cancels some of its calls at random. A run that
//! makes no progress for a while fails, and says after how many awaits.
//!
//! `cargo run --release -p concurrent-object-tests --bin await_stress -- --awaits 1000000`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use concurrent_object::{CallError, concurrent_object};
use fastrand::Rng;

/// Without progress for this long, a run has failed.
const STUCK: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Executor {
    Pollster,
    Smol,
    TokioCurrent,
    TokioMulti,
}

#[derive(Debug, Parser)]
struct Options {
    /// How many calls are awaited on each executor.
    #[arg(long, default_value_t = 100_000)]
    awaits: u64,
    /// The executors, all of them by default.
    #[arg(long)]
    executor: Vec<Executor>,
    /// Seeds the random choices.
    #[arg(long)]
    seed: Option<u64>,
}

struct Echo;

#[concurrent_object]
impl Echo {
    pub fn new() -> Self {
        Self
    }

    pub fn echo(&self, number: u64) -> u64 {
        number
    }

    /// Computes for about so many steps of the processor.
    pub fn echo_after(&self, number: u64, steps: u32) -> u64 {
        (0..steps).for_each(|_| std::hint::spin_loop());
        number
    }

    pub fn echo_rested(&self, number: u64, micros: u64) -> u64 {
        thread::sleep(Duration::from_micros(micros));
        number
    }
}

fn main() {
    concurrent_object::init();
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("await_stress: seed {seed}");
    let executors = if options.executor.is_empty() { Executor::value_variants() } else { &options.executor };
    for &executor in executors {
        let (progress, began) = (Arc::new(AtomicU64::new(0)), Instant::now());
        watch(executor, seed, progress.clone());
        run(executor, options.awaits, Rng::with_seed(seed), &progress);
        progress.store(u64::MAX, Ordering::Relaxed);
        println!("{executor:?}: {} awaits, none was lost, in {:.1?}", options.awaits, began.elapsed());
    }
}

/// Ends the program if an executor makes no progress.
fn watch(executor: Executor, seed: u64, progress: Arc<AtomicU64>) {
    thread::spawn(move || {
        let (mut last, mut since) = (0, Instant::now());
        while last != u64::MAX {
            thread::sleep(Duration::from_millis(100));
            let now = progress.load(Ordering::Relaxed);
            if now != last {
                (last, since) = (now, Instant::now());
            } else if since.elapsed() > STUCK {
                eprintln!("await_stress: {executor:?} hangs after {now} awaits; run again with --seed {seed}");
                std::process::exit(1);
            }
        }
    });
}

fn run(executor: Executor, awaits: u64, rng: Rng, progress: &Arc<AtomicU64>) {
    let task = await_alone(awaits, rng, progress.clone());
    match executor {
        Executor::Pollster => pollster::block_on(task),
        Executor::Smol => smol::block_on(task),
        Executor::TokioCurrent => {
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(task);
        }
        Executor::TokioMulti => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
            let spawned = runtime.spawn(task);
            runtime.block_on(spawned).expect("no panic");
        }
    }
}

async fn await_alone(awaits: u64, mut rng: Rng, progress: Arc<AtomicU64>) {
    let mut echo = EchoProxy::builder("echo").slots(rng.usize(1..4)).start().expect("starts");
    for number in 0..awaits {
        if rng.u32(..20_000) == 0 {
            echo = EchoProxy::builder("echo").slots(rng.usize(1..4)).start().expect("starts");
        }
        let mut call = match rng.u32(..100) {
            0..60 => echo.echo(number),
            60..98 => echo.echo_after(number, rng.u32(..3000)),
            _ => echo.echo_rested(number, rng.u64(..200)),
        };
        match rng.u32(..20) {
            0 => drop_after_polls(&mut call, rng.u32(..4)).await,
            1 => {
                call.cancel();
                let outcome = call.await;
                let fits = matches!(outcome, Err(CallError::Cancelled { .. }))
                    || outcome.as_ref().is_ok_and(|&echoed| echoed == number);
                assert!(fits, "{number}: {outcome:?}");
            }
            _ => assert_eq!(call.await.expect("served"), number),
        }
        progress.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls a call so many times, and gives up.
async fn drop_after_polls<T>(call: &mut concurrent_object::Call<T>, polls: u32) {
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 || std::pin::Pin::new(&mut *call).poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
