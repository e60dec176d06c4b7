//! The same program built with `panic = "unwind"` and with `panic = "abort"`. A panic is an error
//! with the first, and a death that carries the panic's message with the second.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use concurrent_object_tests::deadline::within;

/// Enough to build the program and all its dependencies.
const BUILT: Duration = Duration::from_secs(900);

/// Returns the place of the method's panic in the program, as the program prints it.
fn panic_line() -> String {
    let (before, _) = include_str!("programs/panics.rs").split_once("panic!(\"broken at work").expect("a panic");
    format!("line {}", before.lines().count())
}

#[track_caller]
fn assert_says(program: &Path, expected: [&str; 4]) {
    let output = Command::new(program).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_panic_is_caught_where_panics_unwind() {
    within(BUILT, || {
        let caught = format!("caught: broken at work at {}", panic_line());
        let expected = ["added: 3", &caught, "still serves: true", "not constructed: broken from the start"];
        assert_says(Path::new(env!("CARGO_BIN_EXE_panics")), expected);
    });
}

#[test]
fn a_panic_is_a_death_with_its_message_where_panics_abort() {
    within(BUILT, || {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("abort");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--offline", "--config", "profile.dev.panic=\"abort\""]);
        cargo.args(["--package", env!("CARGO_PKG_NAME"), "--bin", "panics"]).arg("--target-dir").arg(&target);
        let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

        let died = format!("died of SIGABRT: broken at work at {}", panic_line());
        let expected = ["added: 3", &died, "still serves: false", "not constructed: broken from the start"];
        assert_says(&target.join("debug/panics"), expected);
    });
}
