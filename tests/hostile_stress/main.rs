//! Calls objects whose processes scribble over everything that they share with their parent: the
//! control file, the control socket, the doorbells, their snapshots.
//!
//! The parent must not panic, hang or crash. Each call has an outcome, or can be given up within
//! its limits. Asking for the status and killing never take long. The calls of an object beside
//! them keep a deadline. Descriptors and memory of the parent stay where they were.
//!
//! `cargo run --release -p concurrent-object-tests --bin hostile_stress -- --seconds 60`

mod caller;
mod counts;
mod levels;
mod scribbler;
mod sender;
mod shared_words;
mod victim;
mod watchdog;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use concurrent_object::{ChildStdio, OnDrop, RestartPolicy, Sandbox, SnapshotPolicy, StartError};
use fastrand::Rng;

use crate::counts::Counts;
use crate::levels::Levels;
use crate::victim::{Manners, VictimProxy};
use crate::watchdog::during;

/// The limit of a call to the object beside the hostile ones, on a busy machine.
const NEIGHBOUR_LIMIT: Duration = Duration::from_secs(10);

/// A child that scribbles may never say that it is ready. Its object has up to four processes, and
/// the callers' patience is more than all of them take.
const READY_LIMIT: Duration = Duration::from_secs(2);

/// The descriptors and threads of the library that come when they are first needed.
const LATE: usize = 10;

#[derive(Debug, Parser)]
struct Options {
    /// The number of calls after which the run ends.
    #[arg(long, default_value_t = u64::MAX)]
    calls: u64,
    /// How long to run.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seeds the random choices.
    #[arg(long)]
    seed: Option<u64>,
    /// By how many MiB the parent's memory may grow after the first quarter of the run.
    #[arg(long, default_value_t = 64)]
    growth: u64,
}

fn main() {
    concurrent_object::init();
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("hostile_stress: seed {seed}");
    end_at_panics();
    thread::spawn(watchdog::watch);
    let neighbour =
        start("neighbour", Manners::any(false, &mut Rng::with_seed(1)), &mut Rng::with_seed(1)).expect("it starts");
    let is_over = AtomicBool::new(false);
    let mut counts = Counts::default();
    let slowest = thread::scope(|scope| {
        let neighbour = scope.spawn(|| call_neighbour(&neighbour, &is_over));
        play_all(&options, &mut Rng::with_seed(seed), &mut counts);
        is_over.store(true, Ordering::SeqCst);
        neighbour.join().expect("no panic")
    });
    println!("the slowest call to the object beside them took {slowest:?}");
}

/// A panic in any thread of the parent ends the run. Children have set their own hook by now.
fn end_at_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        eprintln!("hostile_stress: the parent panicked");
        std::process::exit(1);
    }));
}

fn play_all(options: &Options, rng: &mut Rng, counts: &mut Counts) {
    let began = Instant::now();
    let part = || {
        let (of_time, of_calls) = (began.elapsed().as_secs_f64() / options.seconds as f64, counts::calls() as f64);
        of_time.max(of_calls / options.calls as f64)
    };
    let mut first = None;
    while part() < 1.0 {
        play(rng, counts);
        if first.is_none() && part() > 0.25 {
            first = Some(Levels::settled());
        }
    }
    let (first, last) = (first.unwrap_or_else(Levels::settled), Levels::settled());
    println!("{counts}\nafter a quarter of the run: {first}; at the end: {last}");
    assert_eq!(counts.hung, 0, "calls had no outcome after all limits");
    assert!(last.descriptors <= first.descriptors + LATE, "descriptors leak: {:#?}", levels::descriptors());
    assert!(last.threads <= first.threads + LATE, "threads leak");
    let growth = last.resident_mib.saturating_sub(first.resident_mib);
    assert!(growth <= options.growth, "memory leaks: {growth} MiB more than before");
}

/// Starts an object with any options.
fn start(name: &str, manners: Manners, rng: &mut Rng) -> Result<VictimProxy, StartError> {
    let scribbles = manners.scribbles;
    let policy = RestartPolicy::on_death().max(3).backoff(Duration::ZERO..Duration::from_millis(5));
    let is_read = rng.u8(..4) == 0;
    let stream = || if is_read { ChildStdio::Lines } else { ChildStdio::Null };
    let mut builder = VictimProxy::builder(name)
        .slots(manners.slots)
        .max_input_size(64_000_usize)
        .max_output_size(manners.output_limit)
        .cancel_grace(Duration::from_millis(rng.u64(..20)))
        .ready_timeout(READY_LIMIT)
        .grace(Duration::from_millis(50))
        .on_drop(if rng.bool() { OnDrop::Wait } else { OnDrop::Background })
        .restart(if rng.bool() { policy } else { RestartPolicy::never() })
        .stdout(stream())
        .stderr(stream());
    if scribbles {
        builder = builder.timeout(Duration::from_millis(rng.u64(20..200)));
    }
    if scribbles && rng.bool() {
        builder = builder.queue_timeout(Duration::from_millis(rng.u64(50..500)));
    }
    if scribbles && rng.bool() {
        builder = builder.sandbox(Sandbox::pure());
    }
    // By default the state of an object that is restarted is saved after each call.
    let saving = if manners.saves { SnapshotPolicy::after_calls(rng.u32(1..20)) } else { SnapshotPolicy::never() };
    builder = builder.snapshots(saving);
    during("start", || builder.start(manners))
}

/// Plays one object to its end.
fn play(rng: &mut Rng, counts: &mut Counts) {
    let manners = Manners::any(true, rng);
    let (garbage, saves) = (manners.garbage, manners.saves);
    let victim = match start("victim", manners, rng) {
        Ok(victim) => victim,
        Err(error) => return counts.note_start(&error),
    };
    let mut seeds: Vec<_> = (0..2).map(|_| rng.fork()).collect();
    let until = Instant::now() + Duration::from_millis(rng.u64(5..200));
    let of_threads = thread::scope(|scope| {
        let victim = &victim;
        let threads: Vec<_> =
            seeds.drain(..).map(|rng| scope.spawn(move || caller::call_until(victim, until, rng))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    of_threads.iter().for_each(|of_thread| counts.add(of_thread, garbage, saves));
    counts.objects += 1;
    counts.incarnations += victim.handle().incarnation();
    match rng.u8(..4) {
        0 => drop(during("kill", || victim.kill())),
        1 => drop(during("terminate", || victim.terminate())),
        _ => {}
    }
    during("drop", || drop(victim));
}

/// Calls a sound object all the while. Returns the longest time that a call took.
fn call_neighbour(neighbour: &VictimProxy, is_over: &AtomicBool) -> Duration {
    let mut slowest = Duration::ZERO;
    while !is_over.load(Ordering::SeqCst) {
        let began = Instant::now();
        let echo = neighbour.echo(7).with_timeout(2 * NEIGHBOUR_LIMIT).wait().expect("a sound object answers");
        assert_eq!(echo, 7);
        slowest = slowest.max(began.elapsed());
        assert!(slowest < NEIGHBOUR_LIMIT, "an object beside hostile ones took {slowest:?}");
        thread::sleep(Duration::from_millis(1));
    }
    slowest
}
