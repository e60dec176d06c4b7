//! A program whose file is replaced or deleted while it runs: its objects are still made of the code that runs.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::processes::copy_program;

fn run(program: &Path) -> Child {
    Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the copy runs")
}

/// What a program answers that starts an object before and after this befell its file.
fn answer_after(befall: impl Fn(&Path) + Send + 'static) -> String {
    within(SOON, move || {
        let home = tempfile::tempdir().expect("a directory");
        let program = home.path().join("program");
        copy_program(env!("CARGO_BIN_EXE_upgraded"), &program);
        let mut running = run(&program);
        let mut input = running.stdin.take().expect("a pipe");
        let mut lines = BufReader::new(running.stdout.take().expect("a pipe")).lines();
        assert_eq!(lines.next().expect("a line").expect("text"), "running");

        befall(&program);
        writeln!(input, "again").expect("it reads");

        let answer = lines.next().expect("a line").expect("text");
        drop(input);
        assert!(running.wait().expect("it is ours").success());
        answer
    })
}

#[test]
fn object_of_a_replaced_program_is_the_old_one() {
    let replace = |program: &Path| {
        let other = program.with_extension("new");
        copy_program(env!("CARGO_BIN_EXE_without_init"), &other);
        fs::rename(&other, program).expect("it takes the place");
    };
    assert_eq!(answer_after(replace), "(42, 42)");
}

#[test]
fn object_of_a_program_that_was_replaced_with_what_is_no_program_is_the_old_one() {
    let replace = |program: &Path| {
        fs::remove_file(program).expect("it goes");
        fs::write(program, "no program").expect("another file");
    };
    assert_eq!(answer_after(replace), "(42, 42)");
}

#[test]
fn object_of_a_deleted_program_is_the_old_one() {
    assert_eq!(answer_after(|program| fs::remove_file(program).expect("it goes")), "(42, 42)");
}

#[test]
fn object_of_a_program_that_was_moved_is_the_old_one() {
    let moved = |program: &Path| {
        let folder = program.with_extension("moved");
        fs::create_dir(&folder).expect("a folder");
        fs::rename(program, folder.join("program")).expect("it moves");
    };
    assert_eq!(answer_after(moved), "(42, 42)");
}
