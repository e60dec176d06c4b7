//! Parents that end without ending their objects, also by SIGKILL. No process of theirs remains,
//! whatever it was doing.

use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{process, thread};

use concurrent_object_tests::census::{children_of, is_running};
use concurrent_object_tests::deadline::{SOON, wait_for, wait_for_within, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::processes::{is_stopped, with_argument};

/// A limit for a process to notice that its parent is gone. It is shorter than the test's limit, so
/// that the remaining processes are killed.
const NOTICED_WITHIN: Duration = Duration::from_secs(20);

/// A running program with objects. Its last argument, which its children inherit, identifies it.
struct Parent {
    process: Child,
    token: String,
}

impl Parent {
    fn run(mode: &str, gate: &Gate) -> Self {
        // The gate's path is unique.
        let path = gate.path().to_str().expect("a path of plain text");
        let token = format!("token-of-{}-{path}", process::id());
        let mut command = Command::new(env!("CARGO_BIN_EXE_parent"));
        command.args([mode, path, &token]).stdin(Stdio::null()).stderr(Stdio::null());
        Self { process: command.spawn().expect("the program runs"), token }
    }

    fn kill(&mut self) {
        self.process.kill().expect("it runs until it is killed");
        self.process.wait().expect("it is ours");
    }

    fn assert_leaves_nothing(&self) {
        wait_for_within(NOTICED_WITHIN, "no process is left", || with_argument(&self.token).is_empty());
    }
}

/// Kills the processes even if a test fails.
impl Drop for Parent {
    fn drop(&mut self) {
        // The process has ended already unless the test failed.
        drop(self.process.kill());
        drop(self.process.wait());
        for pid in with_argument(&self.token) {
            send(pid, libc::SIGKILL);
        }
    }
}

fn killed_parent_takes_its_child_with_it(mode: &'static str) {
    within(SOON, move || {
        let gate = Gate::new();
        let mut parent = Parent::run(mode, &gate);
        gate.wait_until_reached();
        let children = children_of(parent.process.id());
        assert_eq!(children.len(), 1, "one object, one process");
        assert!(is_running(children[0]) && with_argument(&parent.token).contains(&children[0]));

        parent.kill();

        wait_for_within(NOTICED_WITHIN, "the child is gone", || !is_running(children[0]));
        parent.assert_leaves_nothing();
    });
}

#[test]
fn child_that_loops_ends_with_its_killed_parent() {
    killed_parent_takes_its_child_with_it("spin");
}

#[test]
fn stopped_child_ends_with_its_killed_parent_despite_a_forked_copy_of_the_parent() {
    within(SOON, || {
        let gate = Gate::new();
        let mut parent = Parent::run("copied", &gate);
        gate.wait_until_reached();
        let pids = std::fs::read_to_string(gate.path().join("pids")).expect("written");
        let [copy, child] = pids.split(' ').map(|pid| pid.parse().expect("a number")).collect::<Vec<u32>>()[..] else {
            panic!("{pids}")
        };
        send(child, libc::SIGSTOP);
        wait_for("it is stopped", || is_stopped(child));

        parent.kill();

        wait_for_within(NOTICED_WITHIN, "the child is gone", || !is_running(child));
        assert!(is_running(copy));
    });
}

#[test]
fn stopped_child_ends_with_its_killed_parent() {
    within(SOON, || {
        let gate = Gate::new();
        let mut parent = Parent::run("idle", &gate);
        gate.wait_until_reached();
        let children = children_of(parent.process.id());
        assert_eq!(children.len(), 1, "one object, one process");
        send(children[0], libc::SIGSTOP);
        wait_for("it is stopped", || is_stopped(children[0]));
        parent.kill();
        parent.assert_leaves_nothing();
    });
}

#[test]
fn child_that_sleeps_in_a_method_ends_with_its_killed_parent() {
    killed_parent_takes_its_child_with_it("stand");
}

#[test]
fn idle_child_ends_with_its_killed_parent() {
    killed_parent_takes_its_child_with_it("idle");
}

#[test]
fn child_in_its_constructor_ends_with_its_killed_parent() {
    killed_parent_takes_its_child_with_it("construct");
}

#[test]
fn parent_that_returns_or_panics_or_exits_leaves_no_child() {
    for (mode, code) in [("return", 0), ("panic", 101), ("exit", 7)] {
        within(SOON, move || {
            let gate = Gate::new();
            let mut parent = Parent::run(mode, &gate);

            let status = parent.process.wait().expect("it is ours");

            assert_eq!(status.code(), Some(code), "{mode}");
            assert!(gate.path().join("reached").exists(), "its object was busy");
            parent.assert_leaves_nothing();
        });
    }
}

#[test]
fn parents_killed_at_any_moment_leave_no_process() {
    // The moments begin at the start of a program that starts and ends four objects at a time.
    for moment in 0..30 {
        within(SOON, move || {
            let gate = Gate::new();
            let mut parent = Parent::run("churn", &gate);
            // This sleep chooses the moment; it waits for no event.
            thread::sleep(Duration::from_micros(moment * 1_700));

            parent.kill();

            parent.assert_leaves_nothing();
        });
    }
}
