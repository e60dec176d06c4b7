//! Runs the stress program for two seconds: many threads, many objects, faults at random.

use std::process::Command;

use concurrent_object_tests::processes::run;

#[test]
fn each_call_has_its_outcome_and_nothing_is_left_after_a_stress_run() {
    let finished = run(Command::new(env!("CARGO_BIN_EXE_stress")).args(["--seconds", "2"]));

    assert!(finished.status.success(), "{finished:?}");
}
