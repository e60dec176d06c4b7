//! Signals and descendants of a child: signals of the terminal, the process list, and what programs
//! started by the object inherit.

use std::process::Command;

use concurrent_object::{ChildStdio, RestartPolicy};
use concurrent_object_tests::census::{entries, is_running};
use concurrent_object_tests::deadline::{SOON, wait_for, wait_for_within, within};
use concurrent_object_tests::fate::{Fate, send};
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::mortal::{MortalOutput, MortalProxy};
use concurrent_object_tests::processes::{Stray, arguments, is_asleep, run};

concurrent_object::init_before_main!();

const LEFT_TO_THE_PARENT: [i32; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

#[test]
fn signals_to_the_group_are_ignored_by_the_child() {
    within(SOON, || {
        let gate = Gate::new();
        let object = MortalProxy::builder("steady").start().expect("start");
        object.wait_until_ready().expect("ready");
        let pid = object.handle().pid();
        wait_for("it is idle and sleeps", || is_asleep(pid, pid));
        for signal in LEFT_TO_THE_PARENT {
            send(pid, signal);
            assert!(object.add(1).wait().is_ok(), "idle, it got signal {signal}");
        }

        object.push_add_after(gate.path(), 38).expect("push");
        gate.wait_until_reached();
        LEFT_TO_THE_PARENT.into_iter().for_each(|signal| send(pid, signal));
        gate.open();

        assert!(matches!(object.wait_pull(), Ok(Some(MortalOutput::AddAfter(42)))));
        assert!(is_running(pid));
    });
}

#[test]
fn signals_that_a_program_waits_for_are_not_taken_by_threads_of_the_library() {
    for signal in [libc::SIGTERM, libc::SIGUSR1, libc::SIGALRM] {
        let finished = run(Command::new(env!("CARGO_BIN_EXE_signals")).arg(signal.to_string()));
        assert!(finished.status.success(), "{finished:?}");
        assert_eq!(finished.stdout, format!("{signal} {signal}\n"), "in the program, and in a method");
    }
}

#[test]
fn every_thread_of_the_library_blocks_signals() {
    within(SOON, || {
        let object = MortalProxy::builder("watched")
            .timeout(SOON)
            .restart(RestartPolicy::on_death())
            .stdout(ChildStdio::Lines)
            .start()
            .expect("start");
        object.wait_until_ready().expect("ready");

        for (pid, expected) in [
            (std::process::id(), &["object-supervis", "object-reports", "object-output"][..]),
            (object.handle().pid(), &["parent-watch"][..]),
        ] {
            for name in expected {
                wait_for("its thread blocks signals", || {
                    masks_of_threads(pid, name).iter().any(|&mask| blocks_all(mask))
                });
            }
        }
    });
}

/// Returns the signal masks of the threads with this name.
fn masks_of_threads(pid: u32, name: &str) -> Vec<u64> {
    let threads = entries(format!("/proc/{pid}/task")).into_iter();
    let statuses =
        threads.filter_map(|thread| std::fs::read_to_string(format!("/proc/{pid}/task/{thread}/status")).ok());
    let named =
        statuses.filter(|status| status.lines().next().is_some_and(|line| line.ends_with(&format!("\t{name}"))));
    named.map(|status| mask(&status, "SigBlk")).collect()
}

fn mask(status: &str, sort: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(sort)?.strip_prefix(':')).expect("a line of it");
    u64::from_str_radix(line.trim(), 16).expect("a mask")
}

fn blocks_all(mask: u64) -> bool {
    let signals =
        [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGUSR1, libc::SIGUSR2, libc::SIGALRM, libc::SIGTERM];
    signals.into_iter().chain([libc::SIGCHLD]).all(|signal| mask >> (signal - 1) & 1 == 1)
}

#[test]
fn a_process_that_an_object_forks_dies_of_these_signals() {
    within(SOON, || {
        let object = MortalProxy::builder("forker").start().expect("start");
        for signal in LEFT_TO_THE_PARENT {
            let worker = Stray(object.leave_behind().wait().expect("alive").unsigned_abs());
            send(worker.0, signal);
            wait_for_within(SOON / 2, "the forked process ends", || !is_running(worker.0));
            assert!(object.add(1).wait().is_ok(), "its owner still serves after signal {signal}");
        }
    });
}

#[test]
fn signal_that_the_parent_ignores_is_ignored_by_programs_started_by_an_object() {
    let finished = run(Command::new(env!("CARGO_BIN_EXE_signals")).args([libc::SIGTERM.to_string(), "nohup".into()]));
    assert!(finished.status.success(), "{finished:?}");
    assert_eq!(mask(&finished.stdout, "SigIgn") >> (libc::SIGHUP - 1) & 1, 1);
}

/// The thread that spawns the next process blocks all signals. The process must not inherit that.
#[test]
fn programs_started_by_a_restarted_object_block_no_signals() {
    within(SOON, || {
        let object = MortalProxy::builder("restarted").restart(RestartPolicy::on_death()).start().expect("start");
        let gate = Gate::new();
        gate.open();
        object.die(gate.path(), Fate::Abort).wait().expect_err("it dies");

        let status = object.output_of("cat", &["/proc/self/status".to_owned()]).wait().expect("alive");

        assert_eq!(mask(&status, "SigBlk"), 0);
    });
}

#[test]
fn programs_started_by_an_object_ignore_no_signals() {
    within(SOON, || {
        let object = MortalProxy::builder("starter").start().expect("start");

        let status = object.output_of("cat", &["/proc/self/status".to_owned()]).wait().expect("alive");

        for sort in ["SigIgn", "SigBlk"] {
            let mask = mask(&status, sort);
            for signal in LEFT_TO_THE_PARENT.into_iter().chain([libc::SIGPIPE]) {
                assert_eq!(mask >> (signal - 1) & 1, 0, "{signal} in {sort}");
            }
        }
    });
}

#[test]
fn process_list_shows_the_name_and_the_program_that_was_called() {
    within(SOON, || {
        let object = MortalProxy::builder("a long name of 31 characters [ü]").start().expect("start");
        object.wait_until_ready().expect("ready");
        let pid = object.handle().pid();

        assert_eq!(arguments(pid), arguments(std::process::id()));
        let short = std::fs::read_to_string(format!("/proc/{pid}/comm")).expect("it runs");
        assert_eq!(short.trim_end(), "a long name of ".trim_end());
    });
}

#[test]
fn oom_killer_prefers_the_child_to_its_parent() {
    within(SOON, || {
        let score = |pid: u32| {
            let text = std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).expect("it runs");
            text.trim().parse::<i32>().expect("a number")
        };
        let object = MortalProxy::builder("humble").start().expect("start");
        object.wait_until_ready().expect("ready");
        assert_eq!(score(object.handle().pid()), (score(std::process::id()) + 300).min(1000));
    });
}

#[test]
fn own_program_started_by_an_object_is_not_taken_for_a_child() {
    let finished = run(Command::new(env!("CARGO_BIN_EXE_parent")).arg("start"));
    assert!(finished.status.success(), "{finished:?}");
    assert_eq!(finished.stdout, "42\n");
}

#[test]
fn program_started_by_an_object_can_start_objects() {
    within(SOON, || {
        let object = MortalProxy::builder("grandparent").start().expect("start");
        let printed = object.output_of(env!("CARGO_BIN_EXE_parent"), &["start".to_owned()]).wait().expect("alive");
        assert_eq!(printed, "42\n");
    });
}

#[test]
fn program_started_before_init_inherits_marker_and_socket_and_is_not_taken_for_a_child() {
    let finished = run(Command::new(env!("CARGO_BIN_EXE_parent")).arg("start-before-init"));
    assert!(finished.status.success(), "{finished:?}");
    // One line from the parent, one from the child.
    assert_eq!(finished.stdout, "greetings\ngreetings\n42\n");
}
