//! Limits of a process. Each is an error that names the remedy, and not a signal. They are set in
//! separate processes.

use std::io;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::crowded;
use crate::holder::mappings;
use concurrent_object::{CallError, Shared, Started, State, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

struct Limited;

/// The outcome of a call to a nested object.
type Outcome = Result<usize, String>;

fn limit(resource: Resource, current: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum;
    Ok(setrlimit(resource, Rlimit { current: Some(current), maximum })?)
}

/// Returns the number of the next descriptor.
fn next_descriptor() -> io::Result<u64> {
    let next = std::fs::File::open("/dev/null")?;
    Ok(u64::from(next.as_raw_fd().unsigned_abs()))
}

#[concurrent_object]
impl Limited {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(error = "text")]
    pub fn limit_file_size(&self, bytes: u64) -> io::Result<()> {
        limit(Resource::Fsize, bytes)
    }

    #[concurrent_object(error = "text")]
    pub fn limit_address_space(&self, bytes: u64) -> io::Result<()> {
        limit(Resource::As, bytes)
    }

    /// Limits the descriptors to those that are open.
    #[concurrent_object(error = "text")]
    pub fn limit_descriptors(&self) -> io::Result<()> {
        limit(Resource::Nofile, next_descriptor()?)
    }

    pub fn make(&self, bytes: usize) -> Outcome {
        let shared = Shared::<[u8]>::filled(bytes, |bytes| bytes.fill(1)).map_err(|error| full(&error))?;
        Ok(shared.iter().map(|&byte| usize::from(byte)).sum())
    }

    pub fn count(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }

    pub fn made(&self, bytes: usize) -> Shared<[u8]> {
        Shared::filled(bytes, |bytes| bytes.fill(1)).expect("there is room")
    }

    /// Starts a nested object.
    pub fn start_another(&self) -> Outcome {
        let inner = LimitedProxy::builder("inner").start().map_err(|error| full(&error))?;
        inner.count(&[1, 2]).wait().map_err(|error| full(&error))
    }

    /// Kills a nested object when there is no descriptor for its next process, and returns the
    /// outcome of a call.
    pub fn lose_another(&self) -> Outcome {
        let restart = concurrent_object::RestartPolicy::on_death();
        let inner = LimitedProxy::builder("inner").restart(restart).start().expect("starts");
        inner.wait_until_ready().expect("ready");
        limit(Resource::Nofile, 3).expect("a limit");
        send(inner.handle().pid(), libc::SIGKILL);
        let outcome = inner.count(&[1, 2]).wait().map_err(|error| full(&error));
        assert_eq!(inner.handle().state(), State::Ended);
        outcome
    }

    /// Trims a nested object with no more descriptors than these, then calls it. Then once more
    /// with enough.
    pub fn trim_with(&self, descriptors: u64) -> (Outcome, usize, bool) {
        let restart = concurrent_object::RestartPolicy::on_death();
        let inner = LimitedProxy::builder("inner").restart(restart).start().expect("starts");
        inner.wait_until_ready().expect("ready");
        let before = getrlimit(Resource::Nofile);
        limit(Resource::Nofile, next_descriptor().expect("a number") + descriptors).expect("a limit");
        let refused = inner.handle().trim().map(usize::from).map_err(|error| full(&error));
        setrlimit(Resource::Nofile, before).expect("a limit");
        let counted = inner.count(&[1, 2, 3]).wait().expect("it serves");
        let trimmed = inner.handle().trim().expect("trimmed");
        inner.close().expect("nothing is left open");
        (refused, counted, trimmed)
    }

    /// Raises the limit of descriptors to its maximum.
    #[concurrent_object(error = "text")]
    pub fn unlimit_descriptors(&self) -> io::Result<()> {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
    }

    pub fn make_many(&self, count: usize) -> Vec<Shared<[u8]>> {
        (0..count).map(|_| Shared::new(&[1; 100]).expect("there is room")).collect()
    }

    /// Receives more shared memory from a nested object than there are descriptors, while another
    /// thread opens files. Returns the outcome, how often that thread failed, and the outcome of a
    /// smaller call later.
    pub fn receive_many(&self) -> (Outcome, usize, Outcome) {
        const LIMIT: u64 = 200;
        let inner = LimitedProxy::builder("inner").start().expect("starts");
        inner.wait_until_ready().expect("ready");
        limit(Resource::Nofile, LIMIT).expect("a limit");
        let count = |count| inner.make_many(count).wait().map(|many| many.len()).map_err(|error| full(&error));
        let is_over = AtomicBool::new(false);
        let (refused, failed) = std::thread::scope(|scope| {
            let opener = scope.spawn(|| {
                let open = || std::fs::File::open("/dev/null").is_err();
                std::iter::from_fn(|| (!is_over.load(Ordering::Relaxed)).then(open)).filter(|&failed| failed).count()
            });
            let refused = count(500);
            is_over.store(true, Ordering::Relaxed);
            (refused, opener.join().expect("no panic"))
        });
        (refused, failed, count(100))
    }

    /// Trims a nested object while all mappings except `spare` are used, then calls it.
    pub fn trim_with_mappings(&self, spare: usize) -> (bool, usize) {
        let inner = LimitedProxy::builder("inner").start().expect("starts");
        inner.wait_until_ready().expect("ready");
        let taken = crowded::take_all_but(spare);
        let is_refused = inner.handle().trim().is_err();
        drop(taken);
        let counted = inner.count(&[1, 2, 3]).wait().expect("it serves");
        assert!(inner.handle().trim().expect("there is room now"));
        (is_refused, counted)
    }

    /// Receives shared memory from a nested object, with no free descriptor; then with one.
    pub fn receive(&self) -> (Outcome, Outcome) {
        let inner = LimitedProxy::builder("inner").start().expect("starts");
        inner.wait_until_ready().expect("ready");
        let before = getrlimit(Resource::Nofile);
        self.limit_descriptors().expect("a limit");
        let lost = inner.made(10_000).wait().map(|shared| shared.len()).map_err(|error| full(&error));
        setrlimit(Resource::Nofile, before).expect("a limit");
        (lost, inner.made(10_000).wait().map(|shared| shared.len()).map_err(|error| full(&error)))
    }
}

/// Returns the messages of an error and its sources.
fn full(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn started() -> LimitedProxy {
    LimitedProxy::builder("limited").start().expect("a child starts")
}

#[track_caller]
fn assert_remedy(outcome: Result<Outcome, CallError>, remedy: &str) {
    let text = outcome.expect("alive").expect_err("a limit");
    assert!(text.contains(remedy), "{text:?} names {remedy:?}");
}

#[test]
fn the_limit_of_file_sizes_is_an_error() {
    let limited = started();
    limited.limit_file_size(1 << 20).wait().expect("answered").expect("limited");
    assert_eq!(limited.make(1 << 20).wait().expect("alive"), Ok(1 << 20));
    assert_remedy(limited.make((1 << 20) + 1).wait(), "ulimit -f");
    assert_remedy(limited.start_another().wait(), "ulimit -f");
}

#[test]
fn the_limit_of_address_space_is_an_error() {
    let limited = started();
    let used = 8 << 30;
    limited.limit_address_space(used).wait().expect("answered").expect("limited");
    assert_remedy(
        limited.make(usize::try_from(used).expect("64 bits")).wait(),
        "shared memory of 8589934592 bytes failed",
    );
    assert_eq!(limited.make(1000).wait().expect("alive"), Ok(1000));
}

#[test]
fn the_limit_of_descriptors_is_an_error_when_shared_memory_is_created() {
    let limited = started();
    limited.limit_descriptors().wait().expect("answered").expect("limited");
    assert_remedy(limited.make(1000).wait(), "ulimit -n");
    assert_remedy(limited.start_another().wait(), "ulimit -n");
    assert_eq!(limited.make(10).wait().expect("alive"), Ok(10), "so little needs no file");
}

#[test]
fn the_limit_of_descriptors_in_the_child_is_an_error() {
    let limited = started();
    limited.limit_descriptors().wait().expect("answered").expect("limited");
    let shared = Shared::<[u8]>::filled(10_000, |_| {}).expect("there is room");
    let error = limited.count(&shared).wait().expect_err("no descriptor is left");
    assert!(full(&error).contains("ulimit -n"), "{error}");
    assert_eq!(limited.count(&[1]).wait().expect("alive"), 1);
}

#[test]
fn the_limit_of_descriptors_is_an_error_when_a_result_is_received() {
    let (lost, found) = started().receive().wait().expect("a result");
    assert!(lost.clone().expect_err("lost").contains("ulimit -n"), "{lost:?}");
    assert_eq!(found, Ok(10_000));
}

#[test]
fn an_object_whose_next_process_cannot_be_spawned_ends_with_the_reason() {
    within(SOON, || assert_remedy(started().lose_another().wait(), "ulimit -n"));
}

#[test]
fn a_trim_that_lacks_descriptors_leaves_the_object_unchanged() {
    for descriptors in [0, 1] {
        let outcome = within(SOON, move || started().trim_with(descriptors).wait());
        let (refused, counted, trimmed) = outcome.expect("a result");
        assert!(refused.clone().expect_err("no descriptor is left").contains("ulimit -n"), "{refused:?}");
        assert!(counted == 3 && trimmed, "it serves and gives back as if nothing had been");
    }
}

#[test]
fn shared_memory_that_lacked_a_descriptor_is_received_by_a_later_call() {
    let limited = started();
    let shared = Shared::<[u8]>::filled(10_000, |_| {}).expect("there is room");
    let other = Shared::<[u8]>::filled(10_000, |_| {}).expect("there is room");
    assert_eq!(limited.count(&other).wait().expect("it has room"), 10_000);
    limited.limit_descriptors().wait().expect("answered").expect("limited");
    for _ in 0..2 {
        let error = limited.count(&shared).wait().expect_err("no descriptor is left");
        assert_eq!(error.started(), Started::No);
        assert!(full(&error).contains("ulimit -n"), "{error}");
    }
    limited.unlimit_descriptors().wait().expect("answered").expect("may be raised");
    assert_eq!(limited.count(&shared).wait().expect("there is room now"), 10_000);
    let pid = limited.handle().pid();
    assert_eq!(mappings(pid).len(), 2);
    drop((shared, other));
    wait_for("the child lets go", || mappings(pid).is_empty());
}

#[test]
fn a_result_with_more_shared_memory_than_descriptors_fails_before_other_threads_lack_them() {
    let (refused, failed, fewer) = within(SOON, || started().receive_many().wait()).expect("a result");
    assert!(refused.clone().expect_err("too many").contains("ulimit -n"), "{refused:?}");
    assert_eq!((failed, fewer), (0, Ok(100)));
}

#[test]
fn a_child_without_a_free_descriptor_trims_and_serves_on() {
    let limited = started();
    limited.limit_descriptors().wait().expect("answered").expect("limited");
    for _ in 0..3 {
        assert!(limited.handle().trim().expect("given back"));
        assert_eq!(limited.count(&[1]).wait().expect("alive"), 1);
    }
}

#[test]
fn a_trim_that_lacks_mappings_leaves_the_object_unchanged() {
    let limited = started();
    let refused = (0..12).filter(|&spare| {
        let (is_refused, counted) = limited.trim_with_mappings(spare).wait().expect("a result");
        assert_eq!(counted, 3, "it serves, with {spare} mappings to spare");
        is_refused
    });
    assert!(refused.count() > 0, "there is such a limit");
}

#[test]
fn more_than_an_address_space_is_refused() {
    let error = Shared::<[u64]>::filled(usize::MAX, |_| {}).expect_err("too many");
    assert!(error.to_string().contains("address space"));
}
