//! Uses pools while their members are killed, recycled and added, and checks that nothing is lost.
//!
//! Each method first appends its number to a log. At the end of each pool: a call that has a result
//! has run once; no call has run twice; a call that had not begun failed only if it was cancelled
//! or the pool was ended. A run that makes no progress for a while fails.
//!
//! `cargo run --release -p concurrent-object-tests --bin pool_stress -- --seconds 60`

mod fates;
mod logger;

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use concurrent_object::{Call, CallError, OnDrop, Pool, RestartPolicy, Started, Waitable, block_on, wait_any};
use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process};
use smol::stream::StreamExt;

use crate::fates::{Counts, Fate, check};
use crate::logger::LoggerProxy;

/// Without progress for this long, a run has failed.
const STUCK: Duration = Duration::from_secs(30);

#[derive(Debug, Parser)]
struct Options {
    /// How long to run.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seeds the random choices.
    #[arg(long)]
    seed: Option<u64>,
}

/// One pool, and what is known of its calls.
struct Scene {
    pool: Pool<LoggerProxy>,
    numbers: AtomicU64,
    fates: Mutex<HashMap<u64, Fate>>,
    is_over: AtomicBool,
    /// Whether the pool is being ended, so that calls may be refused.
    is_ending: AtomicBool,
}

static PROGRESS: AtomicU64 = AtomicU64::new(0);

fn main() {
    concurrent_object::init();
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("pool_stress: seed {seed}");
    let mut rng = Rng::with_seed(seed);
    thread::spawn(watch);
    let (began, mut total) = (Instant::now(), Counts::default());
    while began.elapsed() < Duration::from_secs(options.seconds) {
        let log = std::env::temp_dir().join(format!("pool_stress.{}.{}", std::process::id(), rng.u64(..)));
        File::create(&log).expect("a log");
        total.add(&play(&log, &mut rng));
        std::fs::remove_file(&log).expect("the log is there");
    }
    println!("pool_stress: {total:?}: none was lost, none has run twice");
}

/// Ends the program if nothing has come to an end for a while.
fn watch() {
    let mut last = (PROGRESS.load(Ordering::Relaxed), Instant::now());
    loop {
        thread::sleep(Duration::from_millis(500));
        let now = PROGRESS.load(Ordering::Relaxed);
        if now != last.0 {
            last = (now, Instant::now());
        } else if last.1.elapsed() > STUCK {
            eprintln!("pool_stress: no progress for {STUCK:?} after {now} outcomes");
            std::process::exit(1);
        }
    }
}

fn make_pool(log: PathBuf, rng: &mut Rng) -> Pool<LoggerProxy> {
    let (restarts, background, slots) = (rng.bool(), rng.bool(), 1 + rng.usize(..8));
    let make = move |index| {
        let policy = RestartPolicy::on_death().max(1000).backoff(Duration::from_millis(1)..Duration::from_millis(5));
        let policy = if restarts { policy } else { RestartPolicy::never() };
        let on_drop = if background { OnDrop::Background } else { OnDrop::Wait };
        LoggerProxy::builder(format!("logger-{index}"))
            .slots(slots)
            .max_input_size("1 MB")
            .restart(policy)
            .on_drop(on_drop)
            .start(&log)
    };
    let mut pool = Pool::new(1 + rng.usize(..4), make).expect("starts");
    if rng.bool() {
        pool = pool.recycle_after(rng.u64(5..200));
    }
    if rng.bool() {
        pool = pool.grow_to(5, Duration::from_millis(rng.u64(5..100)));
    }
    pool
}

/// Plays one pool to its end.
fn play(log: &Path, rng: &mut Rng) -> Counts {
    let scene = Scene {
        pool: make_pool(log.to_owned(), rng),
        numbers: AtomicU64::new(0),
        fates: Mutex::default(),
        is_over: AtomicBool::new(false),
        is_ending: AtomicBool::new(false),
    };
    let time = Duration::from_millis(rng.u64(300..1500));
    let mut seeds = std::iter::repeat_with(|| rng.fork()).take(6).collect::<Vec<_>>();
    thread::scope(|scope| {
        let scene = &scene;
        for mut rng in seeds.drain(..4) {
            scope.spawn(move || scene.until_over(|| scene.call_some(&mut rng)));
        }
        let (mut maps, mut kills) = (seeds.remove(0), seeds.remove(0));
        scope.spawn(move || scene.until_over(|| scene.map_some(&mut maps)));
        scope.spawn(move || scene.until_over(|| scene.kill_one(&mut kills)));
        thread::sleep(time);
        if rng.bool() {
            // The callers see the end of the pool.
            scene.is_ending.store(true, Ordering::SeqCst);
            let ended = if rng.bool() { scene.pool.close() } else { scene.pool.terminate() };
            ended.expect("the members end");
        }
        scene.is_over.store(true, Ordering::SeqCst);
    });
    let statistics = scene.pool.statistics();
    scene.is_ending.store(true, Ordering::SeqCst);
    drop(scene.pool);
    let fates = scene.fates.into_inner().expect("no panic");
    check(&fates, log);
    let count = |fate| fates.values().filter(|&&other| other == fate).count();
    Counts {
        pools: 1,
        served: count(Fate::Served),
        failed: count(Fate::Failed),
        never_began: count(Fate::NeverBegan),
        dropped: count(Fate::Dropped),
        moved: statistics.moved,
        replaced: statistics.replaced,
        recycled: statistics.recycled,
    }
}

impl Scene {
    fn until_over(&self, mut work: impl FnMut()) {
        while !self.is_over.load(Ordering::SeqCst) {
            work();
        }
    }

    fn note(&self, number: u64, fate: Fate) {
        PROGRESS.fetch_add(1, Ordering::Relaxed);
        let before = self.fates.lock().expect("no panic").insert(number, fate);
        assert_eq!(before, None, "call {number} has two outcomes");
    }

    /// Notes the outcome of a call. `is_cancelled`: whether its caller has cancelled it.
    fn note_outcome(&self, number: u64, outcome: &Result<u64, CallError>, is_cancelled: bool) {
        let fate = match outcome {
            Ok(doubled) => {
                assert_eq!(*doubled, 2 * number, "the result of another call");
                Fate::Served
            }
            Err(error) => {
                let never_began = error.started() == Started::No;
                // A member may be killed while it is constructed, twice in a row.
                let had_no_member = matches!(error, CallError::NotConstructed { .. });
                let is_expected = is_cancelled || had_no_member || self.is_ending.load(Ordering::SeqCst);
                assert!(!never_began || is_expected, "call {number} had not begun, and is lost: {error}");
                if never_began { Fate::NeverBegan } else { Fate::Failed }
            }
        };
        self.note(number, fate);
    }

    fn submit(&self, rng: &mut Rng) -> (u64, Call<u64>) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        if rng.u8(..) < 2 {
            return (number, self.pool.call(|logger| logger.die(number)));
        }
        let micros = if rng.u8(..) < 8 { rng.u64(..5000) } else { rng.u64(..60) };
        let length = if rng.u8(..) < 16 { rng.usize(..200_000) } else { rng.usize(..100) };
        let bytes = vec![number as u8; length];
        (number, self.pool.call(|logger| logger.double(number, micros, &bytes)))
    }

    fn call_some(&self, rng: &mut Rng) {
        let mut calls: Vec<_> = (0..rng.usize(1..12)).map(|_| self.submit(rng)).collect();
        match rng.u8(..6) {
            0 => calls.into_iter().for_each(|(number, call)| self.note_outcome(number, &call.wait(), false)),
            1 => calls.into_iter().rev().for_each(|(number, call)| self.note_outcome(number, &block_on(call), false)),
            2 => {
                let cancellers: Vec<_> = calls.iter().map(|(_, call)| call.canceller()).collect();
                cancellers.iter().for_each(concurrent_object::Canceller::cancel);
                calls.into_iter().for_each(|(number, call)| self.note_outcome(number, &call.wait(), true));
            }
            3 => calls.into_iter().for_each(|(number, call)| {
                drop(if rng.bool() { call.cancel_on_drop() } else { call });
                self.note(number, Fate::Dropped);
            }),
            4 => {
                while !calls.is_empty() {
                    let all: Vec<_> = calls.iter().map(|(_, call)| call as &dyn Waitable).collect();
                    let at = wait_any(&all, Some(STUCK)).expect("one of them has an outcome");
                    let (number, mut call) = calls.swap_remove(at);
                    self.note_outcome(number, &call.try_wait().expect("`wait_any` has said so"), false);
                }
            }
            _ => {
                // Polled once, and then waited for.
                for (number, mut call) in calls {
                    let outcome = call.try_wait().unwrap_or_else(|| call.wait());
                    self.note_outcome(number, &outcome, false);
                }
            }
        }
    }

    fn map_some(&self, rng: &mut Rng) {
        let count = rng.u64(1..300);
        let first = self.numbers.fetch_add(count, Ordering::Relaxed);
        let micros = rng.u64(..100);
        let outcomes =
            self.pool.map(first..first + count, |logger, number| logger.double(number, micros, &[number as u8; 50]));
        let outcomes = outcomes.ahead(rng.usize(..200));
        match rng.u8(..4) {
            0 => (first..).zip(outcomes).for_each(|(number, outcome)| self.note_outcome(number, &outcome, false)),
            1 => {
                let served = outcomes.unordered().count();
                assert_eq!(served as u64, count, "a map lost an item");
                PROGRESS.fetch_add(1, Ordering::Relaxed);
            }
            2 => {
                let taken = rng.usize(..=count as usize);
                (first..).zip(outcomes.take(taken)).for_each(|(number, outcome)| {
                    self.note_outcome(number, &outcome, false);
                });
            }
            _ => {
                let outcomes = block_on(outcomes.into_stream().collect::<Vec<_>>());
                assert_eq!(outcomes.len() as u64, count, "a stream lost an item");
                (first..).zip(&outcomes).for_each(|(number, outcome)| self.note_outcome(number, outcome, false));
            }
        }
    }

    fn kill_one(&self, rng: &mut Rng) {
        thread::sleep(Duration::from_micros(rng.u64(100..60_000)));
        let members: Vec<_> = self.pool.members().collect();
        let pid = members[rng.usize(..members.len())].handle().pid();
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            // It may have ended already.
            let _killed = kill_process(pid, Signal::KILL);
        }
    }
}
