//! The events of parent and child: lifecycle, calls and failures, with name, process id, method and
//! call number.
#![allow(missing_docs)]

use std::fs;
use std::process::Command;

use concurrent_object_tests::deadline::{SOON, within};

/// The events of one run of the program.
struct Traces {
    /// The child's process id.
    pid: String,
    parent: String,
    child: String,
}

impl Traces {
    fn of(level: &'static str, what: &'static str) -> Self {
        within(SOON, move || {
            let folder = tempfile::tempdir().expect("a folder");
            let mut program = Command::new(env!("CARGO_BIN_EXE_traced"));
            let mut running = program.arg(folder.path()).args([level, what]).spawn().expect("runs");
            let parent = running.id().to_string();
            assert!(running.wait().expect("ends").success(), "the program says why");
            let files = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("a file").path());
            let mut traces = Self { pid: String::new(), parent: String::new(), child: String::new() };
            for file in files {
                let (pid, text) = (file.file_name().expect("a name"), fs::read_to_string(&file).expect("text"));
                if pid == parent.as_str() {
                    traces.parent = text;
                } else {
                    assert!(traces.pid.is_empty(), "one child");
                    (traces.pid, traces.child) = (pid.to_str().expect("a number").to_owned(), text);
                }
            }
            traces
        })
    }

    /// Returns the position of a line with all of these parts.
    #[track_caller]
    fn position(text: &str, parts: &[&str]) -> usize {
        let found = text.lines().position(|line| parts.iter().all(|part| line.contains(part)));
        found.unwrap_or_else(|| panic!("no line has {parts:?} in\n{text}"))
    }

    /// Checks that the parent traced these lines in this order, each with the object's name and
    /// process id.
    #[track_caller]
    fn assert_parent(&self, lines: &[&[&str]]) {
        let pid = format!("pid={}", self.pid);
        let named = |line: &&[&str]| {
            Self::position(&self.parent, &[line, &["name=\"traced\"", &pid, "concurrent_object::"][..]].concat())
        };
        let positions: Vec<_> = lines.iter().map(named).collect();
        assert!(positions.is_sorted(), "in another order:\n{}", self.parent);
    }

    /// Checks the same of the child.
    #[track_caller]
    fn assert_child(&self, lines: &[&[&str]]) {
        let span = format!("object{{name=\"traced\" pid={}}}", self.pid);
        let named = |line: &&[&str]| Self::position(&self.child, &[line, &[span.as_str()][..]].concat());
        let positions: Vec<_> = lines.iter().map(named).collect();
        assert!(positions.is_sorted(), "in another order:\n{}", self.child);
    }
}

#[test]
fn lifecycle_is_traced_at_debug_level() {
    let traces = Traces::of("debug", "nothing");
    traces.assert_parent(&[
        &["DEBUG", "object starts"],
        &["DEBUG", "object is ready"],
        &["DEBUG", "asked to end"],
        &["DEBUG", "object ended"],
    ]);
    traces.assert_child(&[
        &["DEBUG", "concurrent_object::life: constructed"],
        &["DEBUG", "concurrent_object::life: ends"],
    ]);
    assert!(!traces.parent.contains("TRACE") && !traces.child.contains("TRACE"));
}

#[test]
fn lifecycle_without_failures_is_silent_at_info_level() {
    let traces = Traces::of("info", "nothing");
    assert_eq!(traces.parent, "");
    assert!(traces.child.lines().all(|line| line.contains("traced: adds")), "{}", traces.child);
}

#[test]
fn calls_are_traced_at_trace_level_with_method_and_number() {
    let traces = Traces::of("trace", "nothing");
    traces.assert_parent(&[
        &["TRACE", "call accepted", "method=\"add\"", "call=1"],
        &["TRACE", "outcome taken", "method=\"add\"", "call=1"],
        &["TRACE", "call accepted", "method=\"add\"", "call=2"],
        &["TRACE", "outcome taken", "method=\"add\"", "call=2"],
    ]);
}

#[test]
fn events_of_a_method_are_in_the_span_of_its_call() {
    let traces = Traces::of("trace", "nothing");
    traces.assert_child(&[
        &["INFO", "call{method=\"add\" call=1}", "traced: adds"],
        &["INFO", "call{method=\"add\" call=2}", "traced: adds"],
    ]);
}

#[test]
fn panic_is_a_warning() {
    let traces = Traces::of("trace", "panic");
    let panic = ["method=\"panic\"", "call=3", "broken at work"];
    traces.assert_child(&[&[&["WARN", "method panicked"][..], &panic].concat()]);
    traces.assert_parent(&[&[&["TRACE", "outcome taken"][..], &panic].concat()]);
}

#[test]
fn death_is_an_error_with_the_running_method() {
    let traces = Traces::of("info", "exit");
    traces.assert_parent(&[&["ERROR", "object died", "method=\"exit\"", "call=3", "exit=exit code 3"]]);
}

#[test]
fn object_that_is_not_constructed_is_an_error() {
    let traces = Traces::of("info", "unborn");
    traces.assert_parent(&[&["ERROR", "no such thing"]]);
}

#[test]
fn end_of_a_consumed_object_is_not_an_error() {
    let traces = Traces::of("debug", "consumed");
    traces.assert_parent(&[&["object starts"], &["object ended"]]);
    traces.assert_child(&[&["constructed"], &["ends"]]);
    assert!(!traces.parent.contains("asked to end"), "{}", traces.parent);
}
