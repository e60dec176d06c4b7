//! Objects with a limit of memory: what is too much, and what is not.

use std::collections::HashMap;
use std::sync::mpsc;

use concurrent_object::{CallError, ChildStdio, RestartPolicy, StartError, Violation, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::send;

use super::death_of;

pub struct Hoarder {
    kept: Vec<Vec<u8>>,
}

#[concurrent_object]
impl Hoarder {
    pub fn new() -> Self {
        Self { kept: Vec::new() }
    }

    pub fn greedy(size: usize) -> Self {
        Self { kept: vec![vec![1; size]] }
    }

    pub fn allocate(&mut self, size: usize) -> usize {
        self.kept.push(vec![1; size]);
        self.kept.iter().map(Vec::len).sum()
    }

    pub fn try_allocate(&mut self, size: usize) -> Result<usize, String> {
        let mut bytes = Vec::<u8>::new();
        bytes.try_reserve_exact(size).map_err(|error| error.to_string())?;
        Ok(bytes.capacity())
    }

    pub fn leak(&mut self, step: usize) {
        loop {
            self.kept.push(vec![1; step]);
        }
    }

    pub fn grow(&self) -> usize {
        let mut values = Vec::new();
        loop {
            values.push(values.len());
        }
    }

    pub fn text(&self) -> usize {
        let mut text = String::new();
        loop {
            text.push_str("no end in sight");
        }
    }

    pub fn map(&self) -> usize {
        let mut map = HashMap::new();
        loop {
            map.insert(map.len(), [0_u8; 32]);
        }
    }

    pub fn result(&self, size: usize) -> Vec<u8> {
        vec![1; size]
    }

    pub fn boxes(&self) -> usize {
        let mut boxes = Vec::new();
        loop {
            boxes.push(Box::new([1_u64; 512]));
        }
    }

    pub fn panic(&self) {
        panic!("on purpose")
    }

    pub fn in_a_thread(&self, size: usize) -> usize {
        std::thread::spawn(move || vec![1_u8; size].len()).join().unwrap_or(0)
    }
}

fn limited(limit: &str) -> HoarderProxy {
    HoarderProxy::builder("hoarder").memory_limit(limit).start().expect("starts")
}

fn assert_out_of_memory<T: std::fmt::Debug>(outcome: Result<T, CallError>) {
    let error = outcome.expect_err("it dies");
    assert!(error.to_string().contains("memory ran out under its `memory_limit` of 64.0 MiB"), "{error}");
    let death = death_of::<T>(Err(error));
    assert!(matches!(death.violation(), Some(Violation::OutOfMemory { limit: 0x400_0000, .. })), "{death:?}");
    assert_eq!(death.exit.signal_name(), Some("SIGABRT"));
}

/// Runs one way to use too much, in a fresh object.
fn runs_out(misdeed: impl FnOnce(&HoarderProxy) -> Result<(), CallError> + Send + 'static) {
    within(SOON, || assert_out_of_memory(misdeed(&limited("64 MiB"))));
}

#[test]
fn one_large_allocation_runs_out() {
    super::collector::collect();
    runs_out(|hoarder| hoarder.allocate(2 << 30).wait().map(drop));
    super::assert_death_traced("hoarder", "memory ran out under its `memory_limit` of 64.0 MiB");
}

#[test]
fn leak_by_megabytes_runs_out() {
    runs_out(|hoarder| hoarder.leak(1 << 20).wait());
}

#[test]
fn leak_by_hundreds_of_bytes_runs_out() {
    runs_out(|hoarder| hoarder.leak(100).wait());
}

#[test]
fn growing_list_runs_out() {
    runs_out(|hoarder| hoarder.grow().wait().map(drop));
}

#[test]
fn growing_text_runs_out() {
    runs_out(|hoarder| hoarder.text().wait().map(drop));
}

#[test]
fn growing_map_runs_out() {
    runs_out(|hoarder| hoarder.map().wait().map(drop));
}

#[test]
fn large_result_runs_out() {
    runs_out(|hoarder| hoarder.result(300 << 20).wait().map(drop));
}

#[test]
fn many_boxes_run_out() {
    runs_out(|hoarder| hoarder.boxes().wait().map(drop));
}

#[test]
fn thread_of_the_object_runs_out() {
    runs_out(|hoarder| hoarder.in_a_thread(300 << 20).wait().map(drop));
}

#[test]
fn allocation_that_may_fail_gets_its_error_and_the_object_lives() {
    within(SOON, || {
        let hoarder = limited("64 MiB");
        let error = hoarder.try_allocate(1 << 30).wait().expect("answers").expect_err("too much");
        assert!(error.contains("memory allocation failed"), "{error}");
        assert_eq!(hoarder.allocate(8 << 20).wait().expect("serves on"), 8 << 20);
    });
}

#[test]
fn next_process_has_the_limit_too_and_no_record_of_the_last_one() {
    within(SOON, || {
        let (sender, deaths) = mpsc::channel();
        let builder = HoarderProxy::builder("hoarder").memory_limit("64 MiB").restart(RestartPolicy::on_death().max(4));
        let hoarder =
            builder.on_death(move |death| sender.send(death.clone()).expect("awaited")).start().expect("starts");
        for _ in 0..2 {
            assert_out_of_memory(hoarder.allocate(1 << 30).wait());
            hoarder.wait_until_ready().expect("restarted");
            assert!(deaths.recv().expect("a death").violation().is_some());
        }
        send(hoarder.handle().pid(), libc::SIGKILL);
        assert_eq!(deaths.recv().expect("a death").violation(), None);
    });
}

#[test]
fn constructor_that_runs_out_is_an_error_of_the_start() {
    within(SOON, || {
        let hoarder = HoarderProxy::builder("hoarder").memory_limit("64 MiB").start_greedy(1 << 30).expect("starts");
        let error = hoarder.wait_until_ready().expect_err("no room");
        assert!(error.to_string().contains("memory ran out under its `memory_limit` of 64.0 MiB"), "{error}");
    });
}

#[test]
fn limits_from_one_mebibyte_to_one_gibibyte_start_and_answer() {
    within(SOON, || {
        for limit in ["1 MiB", "2 MiB", "4 MiB", "16 MiB", "64 MiB", "256 MiB", "1 GiB"] {
            let hoarder = limited(limit);
            assert_eq!(hoarder.allocate(1000).wait().expect(limit), 1000);
            hoarder.terminate().expect(limit);
        }
    });
}

#[test]
fn results_that_the_child_can_fill_count_too() {
    let builder = || HoarderProxy::builder("hoarder").memory_limit("32 MiB");
    let error = builder().max_output_size("64 MB").start().expect_err("16 regions of 150 MB");
    assert!(matches!(error, StartError::MemoryLimit { limit: 0x200_0000, .. }), "{error}");
    assert!(error.to_string().contains("lower `max_output_size` or `slots`"), "{error}");
    builder().max_output_size("4 MB").slots(2).start().expect("they fit").terminate().expect("ends");
    let error = builder().stack_size("64 MiB").start().expect_err("the stack is larger");
    assert!(error.to_string().contains("`stack_size`"), "{error}");
}

#[test]
fn panic_with_a_backtrace_that_does_not_fit_has_an_outcome() {
    within(SOON, || {
        for limit in ["2 MiB", "4 MiB", "8 MiB", "16 MiB", "32 MiB"] {
            let builder = HoarderProxy::builder("hoarder").memory_limit(limit).env("RUST_BACKTRACE", "1");
            let outcome = builder.start().expect("starts").panic().wait();
            let has_outcome = matches!(outcome, Err(CallError::Panicked { .. } | CallError::Died { .. }));
            assert!(has_outcome, "{limit}: {outcome:?}");
        }
    });
}

#[test]
fn death_tells_that_memory_ran_out_although_its_message_cannot_be_written() {
    within(SOON, || {
        let full = ChildStdio::File("/dev/full".into());
        let hoarder = HoarderProxy::builder("hoarder").memory_limit("64 MiB").stderr(full).start().expect("starts");
        let death = death_of(hoarder.allocate(1 << 30).wait());
        assert!(matches!(death.violation(), Some(Violation::OutOfMemory { .. })), "{death:?}");
    });
}
