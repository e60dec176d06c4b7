//! Deaths with core dumps, with surviving descendants, and with an unavailable exit status.

use std::process::Command;

use concurrent_object::CallError;
use concurrent_object_tests::census::{entries, is_running};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::{Fate, send};
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mortal::MortalProxy;
use concurrent_object_tests::processes::{Stray, run};

concurrent_object::init_before_main!();

/// Checks that a death settles four outstanding calls, some in slots and some in the backlog.
fn assert_death_settles_everything(object: &MortalProxy, fate: Fate) {
    let gate = Gate::new();
    object.push_die(gate.path(), fate).expect("push");
    let calls: Vec<_> = (0..40).map(|number| object.add(number)).collect();
    gate.wait_until_reached();

    gate.open();

    let error = object.wait_pull().expect_err("it died");
    let CallError::Died { death, .. } = &error else { panic!("{error}") };
    assert!(fate.is(death.exit), "{fate:?} is not {}", death.exit);
    for call in calls {
        assert!(call.wait().expect_err("it died").object_gone());
    }
    assert!(!object.handle().is_alive());
}

/// The number of bytes of the regions that are resident when the object dies, in both directions
/// together.
const TOUCHED_SIZE: usize = 32 << 20;

/// Whether the kernel writes core dumps into the process's directory, and not elsewhere or to a
/// program.
fn dumps_are_files_here() -> bool {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    !pattern.contains(['|', '/'])
}

#[test]
fn core_dump_does_not_contain_the_regions() {
    within(SOON, || {
        let directory = tempfile::tempdir().expect("a directory");
        // The dump contains the heap, which would otherwise keep the memory of the result.
        let builder = MortalProxy::builder("dumped").env("MALLOC_TRIM_THRESHOLD_", "131072");
        let object = builder.start().expect("start");
        let input = vec![1; TOUCHED_SIZE];
        assert_eq!(object.repeat_sum(&input, TOUCHED_SIZE / 8).wait().expect("alive").len(), TOUCHED_SIZE / 8);
        assert!(object.allow_core_dumps(directory.path()).wait().expect("alive"));

        assert_death_settles_everything(&object, Fate::Abort);

        let sizes: Vec<u64> = entries(directory.path())
            .into_iter()
            .map(|dump| std::fs::metadata(directory.path().join(dump)).expect("the dump").len())
            .collect();
        assert_eq!(sizes.len(), usize::from(dumps_are_files_here()));
        assert!(sizes.iter().all(|&size| size < TOUCHED_SIZE as u64), "dumped {sizes:?} bytes");
    });
}

#[test]
fn deaths_are_reported_with_core_dumps_enabled() {
    within(SOON, || {
        for fate in [Fate::NullWrite, Fate::StackOverflow, Fate::Kill, Fate::Exit(3)] {
            let directory = tempfile::tempdir().expect("a directory");
            let object = MortalProxy::builder("dumped").start().expect("start");
            assert!(object.allow_core_dumps(directory.path()).wait().expect("alive"));

            assert_death_settles_everything(&object, fate);
        }
    });
}

#[test]
fn surviving_fork_of_a_child_does_not_hide_its_death() {
    for fate in [Fate::Kill, Fate::Abort, Fate::Exit(3)] {
        within(SOON, move || {
            let object = MortalProxy::builder("forking").start().expect("start");
            let forked = object.leave_behind().wait().expect("alive");
            let stray = Stray(u32::try_from(forked).expect("it was forked"));

            assert_death_settles_everything(&object, fate);

            assert!(is_running(stray.0), "it still serves");
        });
    }
}

#[test]
fn surviving_fork_of_a_child_does_not_hide_a_kill_or_a_requested_end() {
    within(SOON, || {
        for kill in [true, false] {
            let object = MortalProxy::builder("forking").start().expect("start");
            let forked = object.leave_behind().wait().expect("alive");
            let stray = Stray(u32::try_from(forked).expect("it was forked"));
            if kill {
                send(object.handle().pid(), libc::SIGKILL);
                assert!(object.wait_pull().is_ok_and(|pulled| pulled.is_none()) || !object.handle().is_alive());
                assert!(object.add(1).wait().expect_err("killed").object_gone());
            } else {
                object.terminate().expect("it ends");
            }
            assert!(!is_running(object.handle().pid()));
            assert!(is_running(stray.0), "it still serves");
        }
    });
}

#[test]
fn parent_that_ignores_sigchld_notices_every_death_without_its_status() {
    let finished = run(Command::new(env!("CARGO_BIN_EXE_parent")).arg("ignore-sigchld"));

    assert!(finished.status.success(), "{finished:?}");
    assert_eq!(finished.stdout, "all deaths noticed\n");
}

#[test]
fn stack_overflow_is_an_abort_where_main_calls_init() {
    let finished = run(Command::new(env!("CARGO_BIN_EXE_parent")).arg("overflow"));

    assert!(finished.status.success(), "{finished:?}");
    assert_eq!(finished.stdout, "SIGABRT\n");
}
