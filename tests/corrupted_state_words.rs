//! A child that overwrites the state words that it shares with its parent, and then loops.
//!
//! Its time limits hold all the same, because the parent enforces them by its own clock.
#![allow(missing_docs, missing_debug_implementations, unsafe_code)]

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, RestartPolicy, concurrent_object};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::processes::cpu_ticks;
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

const SHORT: Duration = Duration::from_millis(50);

/// The number of words in the first pages of the control file: flags, the reply ring, and the words
/// of each slot.
const WORDS: usize = 2 * 4096 / 8;

/// What the child writes into the words.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Scribble {
    /// Zeros everywhere: the call appears to be queued, and no side appears to sleep.
    Zeros,
    /// This time as the start of the call.
    BeganAt(u64),
    /// The current time as the start of the call, again and again.
    BeginsAlways,
    /// The state ANSWERED for the call.
    Answered,
}

struct Scribbler;

#[concurrent_object]
impl Scribbler {
    pub fn new() -> Self {
        Self
    }

    /// Overwrites the words, and does not return. `call` is the number of this call.
    pub fn scribble(&self, call: u64, what: Scribble) {
        let words = control_words();
        // As `transport/call_state.rs` packs it: the number and, in three bits, that it runs.
        let running = |word: &AtomicU64| word.load(Ordering::Relaxed) == (call << 3) | 1;
        let state = words.iter().position(running).expect("this call runs");
        let began = &words[state + 1];
        match what {
            Scribble::Zeros => words.iter().for_each(|word| word.store(0, Ordering::Relaxed)),
            Scribble::BeganAt(at) => began.store(at, Ordering::Relaxed),
            Scribble::BeginsAlways => {}
            Scribble::Answered => words[state].store((call << 3) | 2, Ordering::Relaxed),
        }
        loop {
            if let Scribble::BeginsAlways = what {
                began.store(now(), Ordering::Relaxed);
            }
            std::hint::spin_loop();
        }
    }

    pub fn ping(&self) -> u64 {
        42
    }

    pub fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}

fn now() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a variable of this function.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Returns the child's own mapping of its control file.
fn control_words() -> &'static [AtomicU64] {
    let maps = fs::read_to_string("/proc/self/maps").expect("the mappings");
    let line = maps.lines().find(|line| line.contains("concurrent-object:control")).expect("the control file");
    let address = line.split_once('-').expect("a range").0;
    let address = usize::from_str_radix(address, 16).expect("an address");
    // SAFETY: the file stays mapped at this address until the process exits, and is longer than
    // this. Both processes access it as atomics.
    unsafe { std::slice::from_raw_parts(std::ptr::with_exposed_provenance(address), WORDS) }
}

const ALL: [Scribble; 6] = [
    Scribble::Zeros,
    Scribble::BeganAt(0),
    Scribble::BeganAt(u64::MAX),
    Scribble::BeganAt(1 << 62),
    Scribble::BeginsAlways,
    Scribble::Answered,
];

/// Starts an object whose first call overwrites the words. Checks that the call ends, and that the
/// next instance serves.
#[track_caller]
fn assert_ends(options: impl FnOnce(ScribblerProxyBuilder) -> ScribblerProxyBuilder, what: Scribble, cancel: bool) {
    let builder = options(ScribblerProxy::builder("scribbler")).slots(2).restart(RestartPolicy::on_death());
    let object = builder.start().expect("start");
    object.wait_until_ready().expect("ready");
    let pid = object.handle().pid();
    let before = cpu_ticks(pid);
    let call = object.scribble(1, what);
    if cancel {
        wait_for("it has scribbled", || cpu_ticks(pid) > before + 2);
        call.cancel();
    }
    let error = call.wait().expect_err("it loops");
    match &error {
        CallError::TimedOut { killed, ran_for, .. } => assert!(!cancel && *killed && *ran_for >= SHORT, "{error}"),
        CallError::Cancelled { .. } => assert!(cancel, "{error}"),
        _ => panic!("{what:?}: {error}"),
    }
    wait_for("its process is killed", || !is_running(pid));
    assert_eq!(object.ping().wait().expect("the next process serves it"), 42);
}

#[test]
fn limit_of_a_method_ends_a_child_with_any_state_words() {
    for what in ALL {
        within(SOON, move || assert_ends(|builder| builder.timeout(SHORT).cancel_grace(SHORT), what, false));
    }
}

#[test]
fn cancelling_ends_a_child_with_any_state_words() {
    for what in ALL {
        within(SOON, move || assert_ends(|builder| builder.cancel_grace(SHORT), what, true));
    }
}

#[test]
fn queue_limit_ends_a_child_whose_state_word_says_queued() {
    within(SOON, || {
        let builder = ScribblerProxy::builder("scribbler").queue_timeout(4 * SHORT).restart(RestartPolicy::on_death());
        let object = builder.start().expect("start");
        object.wait_until_ready().expect("ready");
        let pid = object.handle().pid();
        let call = object.scribble(1, Scribble::Zeros);
        assert!(matches!(call.wait(), Err(CallError::TimedOut { .. })));
        wait_for("its process is killed", || !is_running(pid));
        assert_eq!(object.ping().wait().expect("the next process serves it"), 42);
    });
}

/// Longer than a child may take until it starts its next call. The call in front has no limit.
#[test]
fn calls_behind_one_without_a_limit_have_their_full_limit() {
    within(SOON, || {
        let builder = ScribblerProxy::builder("honest").slots(8).cancel_grace(SHORT);
        let object = builder.start().expect("start");
        let unlimited = object.sleep(60 * SHORT);
        let limited: Vec<_> = (0..30).map(|_| object.ping().with_timeout(10 * SHORT)).collect();
        let withdrawn = object.sleep(Duration::MAX).with_timeout(SHORT);
        withdrawn.cancel();

        unlimited.wait().expect("it has no limit");
        assert!(limited.into_iter().all(|call| call.wait().is_ok_and(|pong| pong == 42)));
        assert!(matches!(withdrawn.wait(), Err(CallError::Cancelled { killed: false, .. })));
        assert_eq!(object.handle().incarnation(), 1);
    });
}
