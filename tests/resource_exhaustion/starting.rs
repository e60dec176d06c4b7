//! A start without a resource: the error names the resource and says what to do, and an object that
//! runs goes on, with large arguments too.

use std::process::Command;

use concurrent_object_tests::deadline::{SOON, within};

const ANSWERS: &str = "Ok([2, 1]) Ok(true)";

fn run(arguments: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_scarce")).args(arguments).output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !errors.contains("panicked"), "{output:?}\n{errors}");
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

/// Runs the program, and judges what it prints.
#[track_caller]
fn starts(arguments: &[&str], parts: &[&str]) -> Vec<String> {
    judged(&run(arguments), parts)
}

/// Checks that each start that fails names all of these parts, and that the object that runs
/// answers all the while. Returns the lines about starts.
#[track_caller]
fn judged(lines: &[String], parts: &[&str]) -> Vec<String> {
    let of = |names: &[&str]| {
        let is_one =
            |line: &&String| names.iter().any(|name| line.split_once(": ").is_some_and(|(first, _)| first == *name));
        lines.iter().filter(is_one).cloned().collect::<Vec<_>>()
    };
    let checks = of(&["before", "meanwhile", "restarted"]);
    assert!(checks.len() > 1 && checks.iter().all(|line| line.ends_with(ANSWERS)), "{lines:#?}");
    for line in of(&["start"]) {
        let is_named = parts.iter().all(|part| line.contains(part));
        assert!(is_named || line == "start: started", "{parts:?} are not in: {line}");
    }
    of(&["start", "later", "small", "full"])
}

fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        println!("not run: this needs root");
    }
    is_root
}

#[test]
fn each_missing_descriptor_is_an_error_until_there_are_enough() {
    within(SOON, || {
        let starts = starts(&["descriptors"], &["too many open descriptors", "ulimit -n"]);
        assert!(starts.len() > 10, "{starts:#?}");
        assert_eq!(starts.last().map(String::as_str), Some("start: started"));
    });
}

#[test]
fn memory_for_a_thread_that_is_missing_is_an_error() {
    within(SOON, || {
        let starts = starts(&["data"], &["ulimit -d"]);
        assert_ne!(starts, ["start: started"]);
    });
}

#[test]
fn process_that_may_not_be_made_is_an_error() {
    if is_root() {
        within(SOON, || {
            let starts = starts(&["processes"], &["ulimit -u"]);
            assert!(starts[0] != "start: started" && starts[1] == "later: started", "{starts:#?}");
        });
    }
}

#[test]
fn limit_of_file_size_is_an_error_and_no_signal() {
    within(SOON, || {
        let starts = starts(&["file-size"], &["file size limit", "ulimit -f"]);
        assert!(starts[0] != "start: started" && starts[1] == "small: started", "{starts:#?}");
    });
}

#[test]
fn full_backing_directory_is_an_error_and_running_objects_restart_in_it() {
    if is_root() {
        within(SOON, || {
            let folder = tempfile::tempdir().expect("a folder");
            let lines = run(&["full-directory", folder.path().to_str().expect("text")]);
            if let [line] = &lines[..] {
                return println!("not run: {line}");
            }
            let starts = judged(&lines, &["has no room for the", "bytes that the object's files need"]);
            assert_ne!(starts[0], "start: started");
            assert_eq!(starts[1..], ["full: StorageFull", "later: started"]);
        });
    }
}

#[test]
fn kernel_without_sealed_files_is_an_error() {
    within(SOON, || {
        for call in ["fcntl", "memfd_create"] {
            let starts = starts(&["seals", call], &[call, "Linux 5.1"]);
            assert_ne!(starts, ["start: started"]);
        }
    });
}
