//! A parent or a child that runs out of descriptors, threads, address space or memory, or that
//! lacks the right to kill.
#![allow(missing_docs)]

#[path = "resource_exhaustion/starting.rs"]
mod starting;

use std::process::{Command, Output};

use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};

fn run(mode: &str) -> Vec<String> {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_resource_exhaustion")).arg(mode).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

#[test]
fn restart_is_retried_until_a_process_can_be_spawned() {
    within(SOON, || {
        assert_eq!(run("restart"), ["meanwhile: true", "later: Ok(7)", "instances: 2"]);
    });
}

#[test]
fn object_ends_when_its_policy_has_no_more_attempts_to_spawn() {
    within(SOON, || {
        let lines = run("exhausted").join("\n");
        for part in ["could not be constructed", "ulimit -n", "state: Ended"] {
            assert!(lines.contains(part), "{part:?} is missing: {lines}");
        }
    });
}

#[test]
fn child_without_descriptors_serves_on_and_ends_with_its_parent() {
    within(SOON, || {
        let lines = run("child");
        assert_eq!(lines[..2], ["then: Ok(7)", "after a pause: Ok(8)"]);
        let pid = lines[2].strip_prefix("pid: ").and_then(|pid| pid.parse().ok()).expect("a process id");
        wait_for("the child is gone", || !is_running(pid));
    });
}

#[test]
fn parent_without_descriptors_notices_the_death_of_its_child() {
    within(SOON, || {
        assert_eq!(run("parent"), ["then: Ok(7)", "its death: true"]);
    });
}

#[test]
fn named_pipe_without_a_reader_is_an_error_and_blocks_no_thread() {
    within(SOON, || {
        assert_eq!(run("reader"), ["at the start: true", "with a reader: Ok(7)", "without: true"]);
    });
}

#[test]
fn failure_to_create_a_thread_is_in_the_error() {
    if !rustix::process::geteuid().is_root() {
        println!("not run: this needs root");
        return;
    }
    within(SOON, || {
        let lines = run("processes");
        assert!(lines[1].contains("making the object's process failed") && lines[1].contains("ulimit -u"), "{lines:?}");
        let lines = lines.join("\n");
        for part in ["the child could not begin: watching the parent failed", "`clone3`", "ulimit -u"] {
            assert!(lines.contains(part), "{part:?} is missing: {lines}");
        }
    });
}

#[test]
fn limit_of_address_space_is_an_error_with_the_remedy() {
    within(SOON, || {
        let lines = run("address-space");
        for part in ["creating the object's memory files failed", "`mmap`", "ulimit -v", "fewer slots"] {
            assert!(lines[0].contains(part), "{part:?} is missing: {lines:?}");
        }
        assert_eq!(lines.last().map(String::as_str), Some("small: Ok(7)"));
    });
}

#[test]
fn start_is_refused_if_children_are_in_another_pid_namespace() {
    if !rustix::process::geteuid().is_root() {
        println!("not run: this needs root");
        return;
    }
    within(SOON, || {
        let lines = run("namespace").join("\n");
        assert!(lines.contains("another process id namespace"), "{lines}");
    });
}

#[test]
fn stack_overflow_is_named_if_standard_error_is_captured() {
    within(SOON, || {
        let lines = run("stack");
        assert!(lines[0].contains("SIGABRT (signal 6), a thread overflowed its stack"), "{lines:?}");
        assert!(lines[1].contains("SIGABRT (signal 6) (an abort, or a stack overflow"), "{lines:?}");
    });
}

/// A memory cgroup of 64 MiB, of version 1 or 2, if this process may create one.
struct Group(std::path::PathBuf);

impl Group {
    fn new() -> Option<Self> {
        let name = format!("concurrent-object-{}", std::process::id());
        for (root, limit) in [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")] {
            let folder = std::path::Path::new(root).join(&name);
            if std::fs::create_dir(&folder).is_ok() {
                let group = Self(folder);
                // Without swap, so that the kernel kills a process that exceeds the limit.
                drop(std::fs::write(group.0.join("memory.swap.max"), "0"));
                if group.0.join(limit).exists() && std::fs::write(group.0.join(limit), "67108864").is_ok() {
                    return Some(group);
                }
            }
        }
        None
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        wait_for("the group is empty and can be removed", || std::fs::remove_dir(&self.0).is_ok());
    }
}

#[test]
fn oom_kill_is_distinguished_from_other_kills() {
    let Some(group) = Group::new() else {
        println!("not run: this process may make no memory control group");
        return;
    };
    within(SOON, move || {
        let program = Command::new(env!("CARGO_BIN_EXE_resource_exhaustion")).arg("memory").arg(&group.0).output();
        let output = program.expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        for part in [
            "SIGKILL (signal 9), probably killed by the kernel because memory ran out (it had up to",
            "cause: OutOfMemory, peak: true",
            "then: Killed",
        ] {
            assert!(text.contains(part), "{part:?} is missing: {text}{errors}");
        }
    });
}

/// Only root can become another user.
#[test]
fn parent_that_may_not_kill_its_child_still_ends_it() {
    if !rustix::process::geteuid().is_root() {
        println!("not run: this needs root");
        return;
    }
    within(SOON, || {
        assert_eq!(run("user"), ["hung: true", "then: true", "killed: true"]);
    });
}
