//! Programs that are denied one system call, as by the seccomp profile of a container: all works without it, or what does not work
//! names the call. Nothing panics, and nothing hangs.
#![allow(missing_docs)]

use std::process::{Command, Output};
use std::time::Duration;

use concurrent_object_tests::deadline::within;

/// Each run takes less than a second, but for what it waits for in vain.
const LIMIT: Duration = Duration::from_secs(120);

/// What the program says of its steps.
fn run(call: &str, errno: &str) -> Vec<String> {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_seccomp")).args([call, errno]).output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{call} {errno}: {:?}\n{errors}", output.status);
    assert!(!errors.contains("panicked"), "{call} {errno}: {errors}");
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

/// All steps are done, whatever the kernel says instead of doing the call.
fn works_without(call: &'static str) {
    within(LIMIT, move || {
        for errno in ["EPERM", "ENOSYS"] {
            let lines = run(call, errno);
            assert!(lines.len() > 8, "{call} {errno}: not all steps: {lines:?}");
            assert!(lines.iter().all(|line| line.ends_with(": ok")), "{call} {errno}: {lines:#?}");
        }
    });
}

/// Each step is done, or its error names the call.
fn is_named(call: &'static str) {
    within(LIMIT, move || {
        for errno in ["EPERM", "ENOSYS"] {
            let lines = run(call, errno);
            assert!(!lines.is_empty(), "{call} {errno}");
            let is_told = |line: &String| line.ends_with(": ok") || line.contains(call);
            assert!(lines.iter().all(is_told), "{call} {errno}: {lines:#?}");
        }
    });
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

    /// Giving memory back needs it, and nothing else does.
    #[test]
    fn mremap() {
        within(LIMIT, || {
            for errno in ["EPERM", "ENOSYS"] {
                let lines = run("mremap", errno);
                let trim = lines.iter().position(|line| line.starts_with("trim: ")).expect("it gets there");
                assert!(lines[trim].contains("`mremap`"), "{}", lines[trim]);
                // A trim that fails leaves the object as it was.
                let mut others = lines[..trim].iter().chain(&lines[trim + 1..]);
                assert!(lines.len() > 8 && others.all(|line| line.ends_with(": ok")), "{lines:#?}");
            }
        });
    }

    denied!(is_named: pidfd_open memfd_create madvise eventfd2 socketpair sendmsg recvmsg epoll_create1 epoll_ctl);
    denied!(is_named: timerfd_create fcntl clone clone3 getsockopt ftruncate pipe2 pwrite64 dup3 epoll_pwait timerfd_settime
        fstat newfstatat ioctl);
}
