//! A program whose file is replaced or deleted while it runs. Its objects still run the code of the
//! running program.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::processes::copy_program;

fn run(program: &Path) -> Child {
    Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the copy runs")
}

/// Runs a program that starts an object before and after `change` changes its file. Returns what
/// the program prints.
fn answer_after(change: impl Fn(&Path) + Send + 'static) -> String {
    within(SOON, move || {
        let home = tempfile::tempdir().expect("a directory");
        let program = home.path().join("program");
        copy_program(env!("CARGO_BIN_EXE_upgraded"), &program);
        let mut running = run(&program);
        let mut input = running.stdin.take().expect("a pipe");
        let mut lines = BufReader::new(running.stdout.take().expect("a pipe")).lines();
        assert_eq!(lines.next().expect("a line").expect("text"), "running");

        change(&program);
        writeln!(input, "again").expect("it reads");

        let answer = lines.next().expect("a line").expect("text");
        drop(input);
        assert!(running.wait().expect("it is ours").success());
        answer
    })
}

#[test]
fn object_of_a_replaced_program_runs_the_old_code() {
    let replace = |program: &Path| {
        let other = program.with_extension("new");
        copy_program(env!("CARGO_BIN_EXE_without_init"), &other);
        fs::rename(&other, program).expect("it takes the place");
    };
    assert_eq!(answer_after(replace), "(42, 42)");
}

#[test]
fn object_of_a_program_replaced_by_a_text_file_runs_the_old_code() {
    let replace = |program: &Path| {
        fs::remove_file(program).expect("it goes");
        fs::write(program, "no program").expect("another file");
    };
    assert_eq!(answer_after(replace), "(42, 42)");
}

#[test]
fn object_of_a_deleted_program_runs_the_old_code() {
    assert_eq!(answer_after(|program| fs::remove_file(program).expect("it goes")), "(42, 42)");
}

#[test]
fn object_of_a_moved_program_runs_the_old_code() {
    let moved = |program: &Path| {
        let folder = program.with_extension("moved");
        fs::create_dir(&folder).expect("a folder");
        fs::rename(program, folder.join("program")).expect("it moves");
    };
    assert_eq!(answer_after(moved), "(42, 42)");
}
