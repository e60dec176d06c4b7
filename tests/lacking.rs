//! A parent or a child that is deprived of descriptors, or of the right to kill.
#![allow(missing_docs)]

use std::process::{Command, Output};

use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};

fn run(mode: &str) -> Vec<String> {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_lacking")).arg(mode).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

#[test]
fn a_next_process_that_cannot_be_made_now_is_made_later() {
    within(SOON, || {
        assert_eq!(run("restart"), ["meanwhile: true", "later: Ok(7)", "lives: 2"]);
    });
}

#[test]
fn a_next_process_that_cannot_be_made_is_the_end_when_the_policy_says_so() {
    within(SOON, || {
        let lines = run("exhausted").join("\n");
        for part in ["could not be constructed", "ulimit -n", "state: Ended"] {
            assert!(lines.contains(part), "{part:?} is missing: {lines}");
        }
    });
}

#[test]
fn a_child_that_may_have_no_descriptors_serves_on_and_ends_with_its_parent() {
    within(SOON, || {
        let lines = run("child");
        assert_eq!(lines[..2], ["then: Ok(7)", "after a pause: Ok(8)"]);
        let pid = lines[2].strip_prefix("pid: ").and_then(|pid| pid.parse().ok()).expect("a process id");
        wait_for("the child is gone", || !is_running(pid));
    });
}

#[test]
fn a_parent_that_may_have_no_descriptors_sees_its_child_die() {
    within(SOON, || {
        assert_eq!(run("parent"), ["then: Ok(7)", "its death: true"]);
    });
}

#[test]
fn a_named_pipe_without_a_reader_is_an_error_and_holds_nobody_up() {
    within(SOON, || {
        assert_eq!(run("reader"), ["at the start: true", "with a reader: Ok(7)", "without: true"]);
    });
}

/// Only root can become somebody else.
#[test]
fn a_parent_that_may_not_kill_its_child_has_it_end() {
    if !rustix::process::geteuid().is_root() {
        println!("not run: this needs root");
        return;
    }
    within(SOON, || {
        assert_eq!(run("user"), ["hung: true", "then: true", "killed: true"]);
    });
}
