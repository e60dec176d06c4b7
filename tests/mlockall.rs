//! A program that locks its memory, as real-time programs do. The mostly unused regions of its
//! objects are not locked.
#![allow(missing_docs)]

use std::process::Command;

use concurrent_object_tests::deadline::{SOON, within};

/// The program's exit code if it may not lock memory.
const NOT_PERMITTED: i32 = 77;

/// Thread stacks and the program's own allocations. The regions of one object are 2 GiB of address
/// space.
const LITTLE_KIB: u64 = 48 << 10;

#[test]
fn mlockall_does_not_lock_the_regions_of_an_object() {
    within(SOON, || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_mlockall"));
        // Otherwise each thread's arena would add 64 MiB of locked address space.
        let output = program.env("MALLOC_ARENA_MAX", "1").output().expect("it runs");
        if output.status.code() == Some(NOT_PERMITTED) {
            println!("not run: this needs root, or a higher `ulimit -l`: {output:?}");
            return;
        }
        assert!(output.status.success(), "{output:?}");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let locked: Vec<(&str, u64)> = printed
            .lines()
            .map(|line| line.split_once(": ").expect("what, and how much"))
            .map(|(when, size)| (when, size.parse().expect("a number")))
            .collect();
        assert_eq!(locked.len(), 4, "{printed}");
        assert!(locked.iter().all(|&(_, size)| size < LITTLE_KIB), "{printed}");
    });
}
