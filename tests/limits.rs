//! Objects with limits of memory, processor time and descriptors, and with other surroundings.
#![allow(missing_docs, missing_debug_implementations, clippy::new_without_default)]

#[path = "captured_output/collector.rs"]
mod collector;
#[path = "limits/memory.rs"]
mod memory;
#[path = "limits/refusals.rs"]
mod refusals;
#[path = "limits/surroundings.rs"]
mod surroundings;

use std::time::{Duration, Instant};

use concurrent_object::{CallError, Cause, Death, Violation, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::signals::block_all_signals;

concurrent_object::init_before_main!();

pub struct Worker;

#[concurrent_object]
impl Worker {
    pub fn new() -> Self {
        Self
    }

    pub fn add(&self, a: u64, b: u64) -> u64 {
        a + b
    }

    /// Uses this much processor time, on the main thread and as many others as `threads`.
    pub fn spin(&self, millis: u64, threads: usize) {
        let spin = move || {
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(millis) {
                std::hint::spin_loop();
            }
        };
        std::thread::scope(|scope| {
            (0..threads).for_each(|_| drop(scope.spawn(spin)));
            spin();
        });
    }

    /// As `spin`, while SIGXCPU is blocked.
    pub fn spin_deaf(&self, millis: u64) {
        block_all_signals();
        self.spin(millis, 0);
    }

    /// Opens files until that fails. Returns how many, and why the next one failed.
    pub fn open_files(&self) -> (usize, Option<i32>) {
        let mut files = Vec::new();
        loop {
            match std::fs::File::open("/dev/null") {
                Ok(file) => files.push(file),
                Err(error) => return (files.len(), error.raw_os_error()),
            }
        }
    }
}

/// The event of this object's death says this.
pub fn assert_death_traced(name: &str, words: &str) {
    let part = format!("violation={words}");
    let is_there = || collector::lines_of(name).iter().any(|line| line.contains("ERROR") && line.contains(&part));
    wait_for(&format!("an event with {part}"), is_there);
}

/// The death that a call failed of.
pub fn death_of<T: std::fmt::Debug>(outcome: Result<T, CallError>) -> std::sync::Arc<Death> {
    match outcome.expect_err("it dies") {
        CallError::Died { death, .. } => death,
        error => panic!("{error}"),
    }
}

#[test]
fn processor_time_that_is_used_up_ends_the_process_and_says_so() {
    within(SOON, || {
        collector::collect();
        let limit = Duration::from_millis(1500);
        let worker = WorkerProxy::builder("spinner").cpu_time_limit(limit).start().expect("starts");
        worker.spin(300, 0).wait().expect("within the limit");
        let used = worker.handle().statistics().cpu_time;
        assert!(used >= Duration::from_millis(10) && used < limit, "{used:?}");
        let error = worker.spin(60_000, 0).wait().expect_err("it dies");
        assert!(error.to_string().contains("its `cpu_time_limit` of 1.5s is used up"), "{error}");
        let death = death_of::<()>(Err(error));
        assert_eq!(
            death.violation().map(ToString::to_string).as_deref(),
            Some("its `cpu_time_limit` of 1.5s is used up")
        );
        assert_eq!((death.exit.signal_name(), death.cause), (Some("SIGXCPU"), Cause::CpuTimeLimit));
        let used = death.cpu_time.expect("this process has reaped it");
        assert!(used >= limit && used < limit.mul_f64(1.2), "{used:?}");
        assert_eq!(worker.handle().statistics().cpu_time, Duration::ZERO);
        assert_death_traced("spinner", "its `cpu_time_limit` of 1.5s is used up");
    });
}

#[test]
fn threads_use_the_processor_time_together() {
    within(SOON, || {
        let worker = WorkerProxy::builder("worker").cpu_time_limit("1s").start().expect("starts");
        let death = death_of(worker.spin(60_000, 1).wait());
        assert!(matches!(death.violation(), Some(Violation::CpuTime { .. })), "{death}");
    });
}

#[test]
fn process_that_blocks_the_signal_is_killed_and_the_limit_is_named() {
    within(SOON, || {
        let worker = WorkerProxy::builder("worker").cpu_time_limit("1s").start().expect("starts");
        let death = death_of(worker.spin_deaf(60_000).wait());
        assert_eq!(death.exit.signal_name(), Some("SIGKILL"));
        assert!(matches!(death.violation(), Some(Violation::CpuTime { .. })), "{death}");
    });
}

#[test]
fn kill_of_a_process_within_its_limit_is_no_violation() {
    within(SOON, || {
        let worker = WorkerProxy::builder("worker").cpu_time_limit("60s").start().expect("starts");
        let call = worker.spin(60_000, 0);
        worker.wait_until_ready().expect("ready");
        concurrent_object_tests::fate::send(worker.handle().pid(), libc::SIGKILL);
        let death = death_of(call.wait());
        assert_eq!((death.violation(), death.cause), (None, Cause::Killed));
    });
}

#[test]
fn descriptors_run_out_at_the_limit_and_the_object_serves_on() {
    within(SOON, || {
        let worker = WorkerProxy::builder("worker").open_files_limit(40).start().expect("starts");
        let (count, errno) = worker.open_files().wait().expect("an error is data");
        assert_eq!(errno, Some(libc::EMFILE));
        assert!((10..40).contains(&count), "{count}");
        assert_eq!(worker.add(1, 2).wait().expect("serves on"), 3);
    });
}
