//! Objects in threads of the program: the same proxy, without a process. This program never calls
//! `init()`.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "in_thread/left_behind.rs"]
mod left_behind;
#[path = "in_thread/local.rs"]
mod local;

#[cfg(not(concurrent_object_portable))]
use std::fs::File;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[cfg(not(concurrent_object_portable))]
use concurrent_object::take_inherited_fd;
use concurrent_object::{CallError, ChildStdio, Exit, OnPanic, RestartPolicy, Shared, StartError, State, is_cancelled};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::Gate;
use local::{LocalOutput, LocalProxy, LocalProxyBuilder};
use tempfile::TempDir;

fn builder() -> LocalProxyBuilder {
    LocalProxy::builder("local").in_thread()
}

fn start() -> LocalProxy {
    builder().start().expect("starts")
}

/// Restarts at once after each death.
fn restarted() -> LocalProxyBuilder {
    let at_once = RestartPolicy::on_death().backoff(Duration::ZERO..Duration::ZERO);
    builder().restart(at_once).on_panic(OnPanic::Terminate)
}

#[test]
fn an_object_that_is_not_send_lives_and_is_dropped_on_its_own_thread() {
    within(SOON, || {
        let directory = TempDir::new().expect("a directory");
        let file = directory.path().join("dropped");
        let local = start();
        assert_eq!((local.add(2).wait().expect("added"), local.add(3).wait().expect("added")), (2, 5));
        assert_eq!(
            (local.process().wait().expect("told"), local.handle().pid()),
            (std::process::id(), std::process::id())
        );
        assert!(local.is_at_home().wait().expect("told"));
        local.note_at_drop(&file).wait().expect("noted");
        drop(local);
        assert_eq!(std::fs::read_to_string(file).expect("dropping the proxy waits"), "at home");
    });
}

#[test]
fn calls_are_pushed_and_pulled_and_the_object_closes_after_them() {
    within(SOON, || {
        let local = start();
        let mut sums = Vec::new();
        for by in 1..=40 {
            while local.push_add(by).is_err() {
                sums.push(local.wait_pull().expect("added").expect("all slots are in use"));
            }
        }
        local.close().expect("closed");
        sums.extend(local.drain().map(|sum| sum.expect("added")));
        assert!(matches!(sums.last(), Some(LocalOutput::Add(820))), "{sums:?}");
        assert_eq!(sums.len(), 40);
        assert_eq!(local.status().state, State::Ended);
    });
}

#[test]
fn a_panic_is_an_error_with_its_place_and_the_object_lives_on() {
    within(SOON, || {
        let local = start();
        let error = local.panic().wait().expect_err("it panics");
        let CallError::Panicked { panic, .. } = &error else { panic!("{error}") };
        assert_eq!(panic.message, "on purpose");
        assert!(panic.file.ends_with("local.rs") && panic.line > 0, "{panic:?}");
        assert_eq!(local.add(1).wait().expect("it lives on"), 1);
        local.terminate().expect("ended");
    });
}

#[test]
fn a_constructor_that_panics_is_an_error_with_its_place() {
    within(SOON, || {
        let local = builder().start_panicking().expect("a thread begins");
        let error = local.wait_until_ready().expect_err("it panics");
        assert!(
            matches!(&error, StartError::ConstructorPanicked { panic, .. } if panic.file.ends_with("local.rs")),
            "{error}"
        );
    });
}

#[test]
fn the_next_thread_begins_with_the_saved_state_and_the_death_names_the_panic() {
    within(SOON, || {
        let deaths = Arc::new(Mutex::new(Vec::new()));
        let noted = deaths.clone();
        let builder = restarted().on_death(move |death| noted.lock().expect("sound").push(death.clone()));
        let local = builder.start().expect("starts");
        assert_eq!(local.add(7).wait().expect("added"), 7);
        for count in 1..=3 {
            assert!(matches!(local.panic().wait(), Err(CallError::Panicked { .. })));
            assert_eq!(local.add(1).wait().expect("served by the next thread"), 7 + count);
        }
        wait_for("three reports", || deaths.lock().expect("sound").len() == 3);
        let death = deaths.lock().expect("sound")[0].clone();
        assert_eq!((death.exit, death.pid), (Exit::Code(101), std::process::id()));
        assert_eq!(death.last_panic.expect("noted").message, "on purpose");
        local.terminate().expect("ended");
    });
}

#[test]
fn several_objects_have_their_own_cancellation_and_handles() {
    within(SOON, || {
        let (one, other) = (start(), start());
        let (gates, limit) = ([Gate::new(), Gate::new()], Duration::from_millis(20));
        let spinning = one.spin_until_cancelled(gates[0].path());
        let waiting = other.wait_at(gates[1].path());
        gates.iter().for_each(Gate::wait_until_reached);
        let outcome = spinning.with_timeout(limit).wait();
        assert!(matches!(outcome, Err(CallError::TimedOut { killed: false, .. })), "{outcome:?}");
        gates[1].open();
        waiting.wait().expect("the other is not cancelled");
        let (adder, others) = (one.adder().wait().expect("kept"), other.adder().wait().expect("kept"));
        assert_eq!((adder.add(1).wait().expect("added"), others.add(5).wait().expect("added")), (1, 5));
        assert_eq!((one.add(1).wait().expect("added"), other.add(1).wait().expect("added")), (2, 6));
        assert!(!is_cancelled(), "this thread has no object");
    });
}

#[test]
fn loans_and_shared_values_are_passed_without_a_copy_and_are_given_back() {
    within(SOON, || {
        let local = start();
        let mut loan = local.loan::<u64>(1000).expect("a slot");
        loan.fill(3);
        let loan = loan.freeze();
        assert_eq!(local.sum(&loan[10..]).wait().expect("summed"), 990 * 3);
        loan.try_into_mut().expect("no call reads it").fill(4);
        let shared = Shared::<[u64]>::new(&[5; 4096]).expect("room");
        let doubled = local.double(&shared).wait().expect("doubled");
        assert_eq!((doubled.len(), doubled[4095]), (4096, 10));
        local.keep(shared.clone()).wait().expect("kept");
        assert_eq!(local.sum(&shared).wait().expect("summed"), 5 * 4096);
        local.terminate().expect("ended");
        assert_eq!(shared[0], 5);
    });
}

/// The thread uses the parent's own mapping, and must not keep it.
#[test]
fn a_file_that_the_parent_has_dropped_is_unmapped_while_the_object_lives() {
    within(SOON, || {
        let local = start();
        let shared = Shared::<[u64]>::new(&[5; 1 << 16]).expect("room");
        let file = file_at(shared.as_ptr().addr()).expect("mapped");
        assert_eq!(local.sum(&shared).wait().expect("summed"), 5 << 16);
        drop(shared);
        wait_for("the file is unmapped", || maps().iter().all(|(_, other)| *other != file));
        assert_eq!(local.add(1).wait().expect("it serves on"), 1);
    });
}

/// Returns the address ranges of this process's mappings, with the inodes of their files.
fn maps() -> Vec<(std::ops::Range<usize>, String)> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("readable");
    let parse = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let (begin, end) = fields[0].split_once('-').expect("a range");
        let number = |text| usize::from_str_radix(text, 16).expect("hexadecimal");
        (number(begin)..number(end), fields[4].to_owned())
    };
    maps.lines().map(parse).collect()
}

fn file_at(address: usize) -> Option<String> {
    maps().into_iter().find(|(range, _)| range.contains(&address)).map(|(_, file)| file)
}

#[cfg(not(concurrent_object_portable))]
#[test]
fn descriptors_are_inherited_by_name_in_each_thread() {
    within(SOON, || {
        let null = File::open("/dev/null").expect("it is there");
        let local = restarted().inherit_fd("log", null).start().expect("starts");
        assert!(local.takes("log").wait().expect("told") && !local.takes("log").wait().expect("told"));
        assert!(matches!(local.panic().wait(), Err(CallError::Panicked { .. })));
        assert!(local.takes("log").wait().expect("the next thread has it again"));
        assert!(take_inherited_fd("log").is_none(), "this thread has no object");
    });
}

#[test]
fn memory_is_given_back_and_a_stack_size_is_kept() {
    within(SOON, || {
        let local = builder().stack_size("64 MiB").start().expect("starts");
        assert!(local.handle().trim().expect("trimmed"));
        assert_eq!(local.descend(8 << 10).wait().expect("it fits"), (8 << 10) + 1);
        local.terminate().expect("ended");
    });
}

#[test]
fn options_that_need_a_process_are_refused_with_words() {
    within(SOON, || {
        let builders = [
            (builder().env("NAME", "value"), "env"),
            (builder().stdout(ChildStdio::Null), "stdout"),
            (builder().stderr(ChildStdio::Lines), "stderr"),
        ];
        for (builder, expected) in builders {
            let error = builder.start().expect_err("refused");
            assert!(matches!(error, StartError::NeedsProcess { option, .. } if option == expected), "{error}");
            assert!(error.to_string().contains("leave out this option or `in_thread`"), "{error}");
        }
    });
}
