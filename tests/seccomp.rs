//! Programs that are denied one system call, as by the seccomp profile of a container.
//!
//! Either everything works without the call, or the error names it. Nothing panics, and nothing
//! hangs.
#![allow(missing_docs)]

use std::process::{Command, Output};
use std::time::Duration;

use concurrent_object_tests::deadline::within;

/// Each run takes less than a second, unless it waits for something that does not happen.
const LIMIT: Duration = Duration::from_secs(120);

/// Returns what the program prints about its steps.
fn run(call: &str, errno: &str) -> Vec<String> {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_seccomp")).args([call, errno]).output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{call} {errno}: {:?}\n{errors}", output.status);
    assert!(!errors.contains("panicked"), "{call} {errno}: {errors}");
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

/// Checks that all steps succeed without the call, whichever error the kernel returns.
fn works_without(call: &'static str) {
    within(LIMIT, move || {
        for errno in ["EPERM", "ENOSYS"] {
            let lines = run(call, errno);
            assert!(lines.len() > 8, "{call} {errno}: not all steps: {lines:?}");
            assert!(lines.iter().all(|line| line.ends_with(": ok")), "{call} {errno}: {lines:#?}");
        }
    });
}

/// Checks that each step succeeds, or that its error names the call.
fn is_named(call: &'static str) {
    within(LIMIT, move || {
        for errno in ["EPERM", "ENOSYS"] {
            let lines = run(call, errno);
            assert!(!lines.is_empty(), "{call} {errno}");
            let is_ok_or_named = |line: &String| line.ends_with(": ok") || line.contains(call);
            assert!(lines.iter().all(is_ok_or_named), "{call} {errno}: {lines:#?}");
        }
    });
}

/// Checks which sandboxes cannot be made without the call: each is an error with these words. As a
/// best effort each object starts.
fn sandboxes_need(call: &'static str, words: &'static str, failing: &'static [&'static str]) {
    within(LIMIT, move || {
        for errno in ["EPERM", "ENOSYS"] {
            let lines = run(call, errno);
            assert_eq!(lines.len(), 4, "{call} {errno}: {lines:#?}");
            for line in &lines {
                let (step, outcome) = line.split_once(": ").expect("a step and its outcome");
                let is_expected = if failing.contains(&step) {
                    outcome.contains(words) && outcome.contains("is not possible on this system")
                } else {
                    outcome == "ok"
                };
                assert!(is_expected, "{call} {errno}: {line}");
            }
        }
    });
}

#[test]
fn sandbox_without_seccomp_is_an_error_or_a_warning() {
    sandboxes_need("seccomp", "`sandbox` needs the system call `seccomp`", &["pure", "files"]);
}

#[test]
fn rules_for_files_without_landlock_are_an_error_or_a_warning() {
    sandboxes_need("landlock_create_ruleset", "needs Landlock", &["files"]);
}

macro_rules! denied {
    ($rule:ident: $($call:ident)*) => {
        $(#[test]
        fn $call() {
            $rule(stringify!($call));
        })*
    };
}

mod all_works_without {
    use super::*;

    denied!(works_without: pidfd_send_signal kill prlimit64 waitid sched_getaffinity prctl fallocate munlock
        clock_getres);
}

mod an_error_names {
    use super::*;

    /// Only a trim needs this call.
    #[test]
    fn mremap() {
        within(LIMIT, || {
            for errno in ["EPERM", "ENOSYS"] {
                let lines = run("mremap", errno);
                let trim = lines.iter().position(|line| line.starts_with("trim: ")).expect("it gets there");
                assert!(lines[trim].contains("`mremap`"), "{}", lines[trim]);
                // A trim that fails leaves the object unchanged.
                let mut others = lines[..trim].iter().chain(&lines[trim + 1..]);
                assert!(lines.len() > 8 && others.all(|line| line.ends_with(": ok")), "{lines:#?}");
            }
        });
    }

    denied!(is_named: pidfd_open memfd_create madvise eventfd2 socketpair sendmsg recvmsg epoll_create1 epoll_ctl);
    denied!(is_named: timerfd_create fcntl clone clone3 getsockopt ftruncate pipe2 pwrite64 dup3 epoll_pwait timerfd_settime
        fstat newfstatat ioctl);
}
