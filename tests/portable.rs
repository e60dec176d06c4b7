//! Objects where there are no child processes: `.ci/portable` compiles the library as for another
//! target, and runs this on Linux.
#![cfg(concurrent_object_portable)]
#![allow(missing_docs, missing_debug_implementations, clippy::new_without_default)]

use std::thread;

use concurrent_object::{
    CallError, ChildStdio, Exit, OnPanic, Shared, StartError, block_on, concurrent_object, forwards_events, wait_any,
};
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

#[derive(Default)]
pub struct Worker {
    sum: u64,
}

#[concurrent_object]
impl Worker {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn place(&self) -> (u32, String) {
        (std::process::id(), format!("{:?}", thread::current().name()))
    }

    pub fn add(&mut self, numbers: &[u64]) -> u64 {
        self.sum += numbers.iter().sum::<u64>();
        self.sum
    }

    pub fn panic(&self) {
        panic!("on purpose")
    }

    pub fn wait_until_cancelled(&self) {
        while !concurrent_object::is_cancelled() {
            thread::yield_now();
        }
    }
}

fn start() -> WorkerProxy {
    WorkerProxy::builder("worker").start().expect("starts")
}

#[test]
fn an_object_lives_in_a_thread_of_its_name_though_nothing_asks_for_one() {
    within(SOON, || {
        concurrent_object::init();
        let (process, thread) = start().place().wait().expect("served");
        assert_eq!((process, &*thread), (std::process::id(), "Some(\"worker\")"));
        assert!(!forwards_events());
    });
}

#[test]
fn options_that_need_a_process_are_refused_with_the_platform() {
    within(SOON, || {
        let builder = WorkerProxy::builder("worker");
        let builders = [
            (builder.clone().env("NAME", "value"), "env"),
            (builder.clone().stdout(ChildStdio::Null), "stdout"),
            (builder.clone().in_thread().stderr(ChildStdio::Lines), "stderr"),
            (builder.backing_dir("/tmp").max_input_size(1000).max_output_size(1000), "backing_dir"),
        ];
        for (builder, expected) in builders {
            let error = builder.start().expect_err("refused");
            assert!(matches!(error, StartError::NeedsProcess { option, .. } if option == expected), "{error}");
            assert!(error.to_string().contains("leave out this option on this platform"), "{error}");
        }
    });
}

#[test]
fn memory_is_taken_at_the_start_and_kept() {
    within(SOON, || {
        let builder = WorkerProxy::builder("worker").prefault(true).max_input_size("1 MB").max_output_size("1 MB");
        let worker = builder.start().expect("starts");
        assert_eq!(worker.add(&[1; 10_000]).wait().expect("served"), 10_000);
        assert!(!worker.handle().trim().expect("it is possible to ask"), "nothing is given back");
        assert_eq!(worker.add(&[1]).wait().expect("served"), 10_001);
    });
}

#[test]
fn a_call_is_waited_for_awaited_and_waited_for_with_others() {
    within(SOON, || {
        let (one, other) = (start(), start());
        let shared = Shared::<[u64]>::new(&[2; 1000]).expect("room");
        let held = one.wait_until_cancelled();
        let call = other.add(&shared);
        assert_eq!(wait_any(&[&held, &call], None), Some(1));
        assert_eq!(block_on(call).expect("served"), 2000);
        held.canceller().cancel();
        held.wait().expect_err("it was cancelled");
        other.push_add(&[1]).expect("accepted");
        assert_eq!(wait_any(&[&one, &other], None), Some(1));
    });
}

#[test]
fn a_panic_that_ends_the_object_is_a_death_with_its_place() {
    within(SOON, || {
        let worker = WorkerProxy::builder("worker").on_panic(OnPanic::Terminate).start().expect("starts");
        let error = worker.panic().wait().expect_err("it panicked");
        assert!(error.to_string().contains("tests/portable.rs"), "{error}");
        let error = worker.place().wait().expect_err("it has ended");
        assert!(matches!(&error, CallError::Died { death, .. } if death.exit == Exit::Code(101)), "{error}");
    });
}
