//! Parents with eight objects each, killed at random moments. No process and no file of theirs
//! remains.

use std::process::Command;

use concurrent_object_tests::processes::run;

#[test]
fn parents_killed_at_random_moments_leave_nothing() {
    let program = env!("CARGO_BIN_EXE_parent_death_stress");

    let finished = run(Command::new(program).args(["--parents", "40", "--objects", "8"]));

    assert!(finished.status.success(), "{finished:?}");
}
