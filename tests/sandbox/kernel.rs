//! Sandboxes on systems that cannot have them.

use std::process::Command;

use concurrent_object_tests::deadline::{SOON, within};

/// `landlock_create_ruleset`, whose number is the same on all architectures.
const LANDLOCK_CREATE_RULESET: i64 = 444;

/// Returns what the program prints that is denied a call.
fn printed(call: i64, errno: i32, sandbox: &str) -> String {
    let arguments = [call.to_string(), errno.to_string(), sandbox.to_owned()];
    let output = Command::new(env!("CARGO_BIN_EXE_unsupported")).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn kernel_without_filters_is_an_error_that_names_the_call_and_the_remedy() {
    within(SOON, || {
        for errno in [libc::EPERM, libc::ENOSYS] {
            let text = printed(libc::SYS_seccomp, errno, "pure");
            assert!(text.contains("Unsupported: ") && text.contains("`seccomp`"), "{text}");
            assert!(text.contains("`best_effort()`") && text.contains("kernel "), "{text}");
        }
    });
}

#[test]
fn kernel_without_rules_for_files_is_an_error_for_a_sandbox_that_needs_them() {
    within(SOON, || {
        for errno in [libc::EOPNOTSUPP, libc::ENOSYS] {
            let text = printed(LANDLOCK_CREATE_RULESET, errno, "files");
            assert!(text.contains("Unsupported: ") && text.contains("Landlock"), "{text}");
            assert_eq!(printed(LANDLOCK_CREATE_RULESET, errno, "pure"), "sum: 6\n");
        }
    });
}

#[test]
fn best_effort_starts_with_one_warning() {
    within(SOON, || {
        for (call, errno) in [(libc::SYS_seccomp, libc::EPERM), (LANDLOCK_CREATE_RULESET, libc::EOPNOTSUPP)] {
            let text = printed(call, errno, "best_effort");
            assert!(text.ends_with("sum: 6\n"), "{text}");
            assert_eq!(text.matches("the sandbox is not complete").count(), 1, "{text}");
        }
    });
}
