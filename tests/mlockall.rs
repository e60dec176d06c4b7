//! A program that locks its memory, as real-time programs do: an object's areas, mostly never used, are not locked with it.
#![allow(missing_docs)]

use std::process::Command;

use concurrent_object_tests::deadline::{SOON, within};

/// What the program says if the system does not let it lock memory.
const NOT_PERMITTED: i32 = 77;

/// Stacks of threads and what the program itself allocates; one object's areas are 2 GiB of address space.
const LITTLE_KIB: u64 = 48 << 10;

#[test]
fn areas_of_an_object_are_not_locked_with_all_memory_of_its_program() {
    within(SOON, || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_mlockall"));
        // An arena of its own for each thread would be 64 MiB of locked address space.
        let output = program.env("MALLOC_ARENA_MAX", "1").output().expect("it runs");
        if output.status.code() == Some(NOT_PERMITTED) {
            println!("not run: this needs root, or a higher `ulimit -l`: {output:?}");
            return;
        }
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let locked: Vec<(&str, u64)> = said
            .lines()
            .map(|line| line.split_once(": ").expect("what, and how much"))
            .map(|(when, size)| (when, size.parse().expect("a number")))
            .collect();
        assert_eq!(locked.len(), 4, "{said}");
        assert!(locked.iter().all(|&(_, size)| size < LITTLE_KIB), "{said}");
    });
}
