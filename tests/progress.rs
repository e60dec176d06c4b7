//! Methods that report how far they have come.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::path::Path;
use std::thread;
use std::time::Duration;

use concurrent_object::{Call, CallError, Items, Progress, RestartPolicy, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::home::is_elsewhere;

concurrent_object::init_before_main!();

pub struct Worker;

#[concurrent_object]
impl Worker {
    pub fn new() -> Self {
        Self
    }

    /// Reports each step, and halts after some of them.
    pub fn work(&mut self, steps: u32, progress: &Progress<(u32, String)>, gate: &Path) -> u32 {
        for step in 1..=steps {
            progress.set((step, format!("step {step}")));
        }
        gate::pass(gate);
        steps
    }

    pub fn silent(&self, _progress: &Progress<u32>) -> u32 {
        7
    }

    pub fn too_much(&self, progress: &Progress<String>, gate: &Path) {
        progress.set("fits".to_owned());
        progress.set("x".repeat(100));
        progress.set("y".repeat(1000));
        gate::pass(gate);
    }

    pub fn lists(&self, progress: &Progress<Vec<u8>>, gate: &Path) {
        progress.set(vec![7; 40]);
        gate::pass(gate);
    }

    pub fn from_threads(&self, progress: &Progress<(u64, u64)>) -> u64 {
        thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    (0..1000).for_each(|step| progress.set((thread * 1000 + step, thread * 1000 + step)))
                });
            }
        });
        4000
    }

    pub fn fast(&self, steps: u64, progress: &Progress<[u64; 5]>) -> u64 {
        (0..steps).for_each(|step| progress.set([step; 5]));
        steps
    }

    #[concurrent_object(idempotent)]
    pub fn dying_once(&self, mark: &Path, progress: &Progress<u32>, gate: &Path) -> u32 {
        if !mark.exists() {
            progress.set(1);
            std::fs::write(mark, "").expect("written");
            std::process::abort();
        }
        gate::pass(gate);
        progress.set(2);
        2
    }

    pub fn dying(&self, progress: &Progress<u32>) {
        progress.set(5);
        std::process::abort();
    }

    #[concurrent_object(stream)]
    pub fn items(&self, count: u32, progress: &Progress<u32>) -> impl Iterator<Item = u32> {
        (0..count).inspect(|&number| progress.set(number))
    }
}

fn start() -> WorkerProxy {
    WorkerProxy::builder("worker").start().expect("starts")
}

/// A value of this machine is there at once. One of another program takes a moment.
fn wait_for_transport(has_come: impl Fn() -> bool) {
    if is_elsewhere() {
        wait_for("the value comes", has_come);
    }
}

#[test]
fn the_newest_value_is_read_while_the_method_runs() {
    within(SOON, || {
        let (worker, gate) = (start(), Gate::new());
        let call: Call<u32, (u32, String)> = worker.work(3, gate.path());
        gate.wait_until_reached();
        wait_for_transport(|| call.progress().is_some());
        assert_eq!(call.progress(), Some((3, "step 3".to_owned())));
        assert_eq!(call.progress(), Some((3, "step 3".to_owned())), "reading takes nothing");
        let waiting = worker.silent();
        assert_eq!(waiting.progress(), None, "it has not begun");
        gate.open();
        assert_eq!(call.wait().expect("served"), 3);
        let mut waiting = waiting;
        assert_eq!(waiting.wait_timeout(SOON).expect("in time").expect("served"), 7);
        assert_eq!(waiting.progress(), None, "a method that reports nothing");
        worker.push_silent().expect("room");
        assert!(matches!(worker.wait_pull(), Ok(Some(WorkerOutput::Silent(7)))));
    });
}

#[test]
fn a_value_that_is_too_large_is_left_out_and_the_last_one_stays() {
    within(SOON, || {
        let (worker, gate) = (start(), Gate::new());
        let call = worker.too_much(gate.path());
        gate.wait_until_reached();
        wait_for_transport(|| call.progress().is_some());
        assert_eq!(call.progress().as_deref(), Some("fits"));
        gate.open();
        call.wait().expect("served");
        let gate = Gate::new();
        let call = worker.lists(gate.path());
        gate.wait_until_reached();
        wait_for_transport(|| call.progress().is_some());
        assert_eq!(call.progress(), Some(vec![7; 40]));
        gate.open();
        call.wait().expect("served");
    });
}

#[test]
fn threads_of_a_method_report_and_no_value_is_torn() {
    within(SOON, || {
        let worker = start();
        let mut call = worker.from_threads();
        while call.try_wait().is_none() {
            if let Some((one, other)) = call.progress() {
                assert_eq!(one, other);
            }
        }
        let mut call = worker.fast(300_000);
        let mut seen = 0;
        loop {
            if let Some(values) = call.progress() {
                assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
                assert!(values[0] >= seen, "{} after {seen}", values[0]);
                seen = values[0];
            }
            if let Some(outcome) = call.try_wait() {
                assert_eq!(outcome.expect("served"), 300_000);
                break;
            }
        }
        assert_eq!(call.progress(), Some([299_999; 5]), "the last value stays");
    });
}

#[test]
fn an_awaited_call_reports_and_so_does_a_stream() {
    within(SOON, || {
        let (worker, gate) = (start(), Gate::new());
        let mut call = worker.work(2, gate.path());
        gate.wait_until_reached();
        pollster::block_on(async {
            assert_eq!(call.progress().map(|(step, _)| step), Some(2));
            gate.open();
            assert_eq!((&mut call).await.expect("served"), 2);
        });
        let mut items: Items<u32, u32> = worker.items(10);
        assert_eq!(items.by_ref().map(|item| item.expect("no error")).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        assert_eq!(items.progress(), Some(9));
        let items = worker.items(3).into_stream();
        wait_for("progress of a stream", || items.progress() == Some(2));
    });
}

#[test]
fn progress_survives_a_death_and_a_restart_reports_anew() {
    within(SOON, || {
        let worker = start();
        let mut call = worker.dying();
        assert!(matches!(call.wait_timeout(SOON), Some(Err(CallError::Died { .. }))));
        assert_eq!(call.progress(), Some(5));
        let (directory, gate) = (tempfile::tempdir().expect("a directory"), Gate::new());
        let worker = WorkerProxy::builder("worker").restart(RestartPolicy::on_death()).start().expect("starts");
        let call = worker.dying_once(&directory.path().join("mark"), gate.path());
        gate.wait_until_reached();
        assert_eq!(call.progress(), Some(1));
        gate.open();
        assert_eq!(call.wait().expect("served"), 2);
    });
}

#[test]
fn a_type_is_tested_without_a_child() {
    assert_eq!(Worker.fast(10, &Progress::default()), 10);
    assert!(format!("{:?}", Progress::<u32>::default()).contains("Progress"));
}

#[test]
fn progress_of_an_object_in_a_thread_is_read() {
    within(SOON, || {
        let (worker, gate) = (WorkerProxy::builder("worker").in_thread().start().expect("starts"), Gate::new());
        let call = worker.work(4, gate.path());
        gate.wait_until_reached();
        assert_eq!(call.progress().map(|(step, _)| step), Some(4));
        gate.open();
        assert_eq!(call.wait_timeout_of(), 4);
    });
}

trait WaitTimeoutOf {
    fn wait_timeout_of(self) -> u32;
}

/// A call with progress is a type of its own, which generic code may name.
impl<P> WaitTimeoutOf for Call<u32, P> {
    fn wait_timeout_of(mut self) -> u32 {
        self.wait_timeout(Duration::from_secs(60)).expect("in time").expect("served")
    }
}
