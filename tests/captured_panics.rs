//! A panic of an object is one event in the parent's log, whatever else the object prints.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "captured_output/collector.rs"]
mod collector;

use std::fs;
use std::io::Write;
use std::process::abort;
use std::thread;

use collector::{collect, lines_of};
use concurrent_object::{CallError, ChildStdio, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

concurrent_object::init_before_main!();

/// The mark at the beginning of a panic in the child's output.
const MARK: &str = "\u{2}concurrent-object: a panic begins\u{3}";

pub struct Panicker;

#[concurrent_object]
impl Panicker {
    pub fn new() -> Self {
        Self
    }

    /// Its panic hook prints, and then the process dies.
    pub fn dying_in_its_hook() -> Self {
        std::panic::set_hook(Box::new(|_| {
            eprint!("\nfirst\n\n\tsecond");
            abort()
        }));
        Self
    }

    pub fn panic(&self, text: &str) {
        eprint!("before it, ");
        panic!("{text}")
    }

    /// Panics in many threads at once.
    pub fn panic_in_threads(&self, count: usize) {
        let panic = |number| move || panic!("of thread {number}");
        let threads: Vec<_> = (0..count).map(|number| thread::spawn(panic(number))).collect();
        assert!(threads.into_iter().all(|thread| thread.join().is_err()));
    }

    pub fn print(&self, text: &str) {
        std::io::stderr().write_all(text.as_bytes()).expect("it takes it");
    }

    /// Creates an object of its own, which inherits its standard error.
    pub fn panic_further_down(&self, name: &str) {
        let inner = PanickerProxy::builder(name).start().expect("starts");
        assert!(inner.panic("of the inner one").wait().is_err());
    }
}

fn builder(name: &str) -> PanickerProxyBuilder {
    collect();
    PanickerProxy::builder(name).stderr(ChildStdio::Lines)
}

/// Returns the log of an object's output, after the object has ended.
fn output_of(name: &str, panicker: PanickerProxy) -> Vec<String> {
    let _dead = panicker.terminate();
    printed(name)
}

fn printed(name: &str) -> Vec<String> {
    lines_of(name).into_iter().filter(|line| line.contains("concurrent_object::output")).collect()
}

#[test]
fn a_panic_is_one_event_with_the_whole_text() {
    within(SOON, || {
        let panicker = builder("panicker").start().expect("starts");
        panicker.print("\n  \nline\n\n").wait().expect("printed");
        assert!(panicker.panic("two\nlines, \u{1b}[2J").wait().is_err());
        panicker.print("after\n").wait().expect("printed");
        let lines = output_of("panicker", panicker);
        assert_eq!(lines.len(), 4, "{lines:#?}");
        assert!(lines[0].contains("line name=") && lines[1].contains("before it,") && lines[3].contains("after"));
        let panic = &lines[2];
        assert!(panic.contains("WARN") && panic.contains("panicked at"), "{panic}");
        assert!(panic.contains(r"two; lines, \u{1b}[2J"), "{panic}");
        assert!(!panic.contains("a panic begins") && panic.lines().count() == 1, "{panic}");
    });
}

#[test]
fn the_backtrace_of_a_panic_is_a_field_of_its_event() {
    within(SOON, || {
        let panicker = builder("traced").env("RUST_BACKTRACE", "1").start().expect("starts");
        assert!(panicker.panic("traced").wait().is_err());
        let lines = output_of("traced", panicker);
        let panic = lines.iter().find(|line| line.contains("panicked at")).expect("it is there");
        let (message, backtrace) = panic.split_once("backtrace=\"").expect("there is a backtrace");
        assert!(message.contains("traced") && backtrace.contains("0: ") && !message.contains("0: "), "{panic}");
        assert!(lines.len() <= 2, "{lines:#?}");
    });
}

#[test]
fn panics_of_many_threads_are_all_logged() {
    within(SOON, || {
        let panicker = builder("threads").start().expect("starts");
        panicker.panic_in_threads(8).wait().expect("they panicked");
        let lines = output_of("threads", panicker);
        assert!(lines.len() <= 8, "{lines:#?}");
        for number in 0..8 {
            assert!(lines.iter().any(|line| line.contains(&format!("of thread {number}"))), "{number} in {lines:#?}");
        }
    });
}

#[test]
fn output_of_a_panic_hook_is_logged_before_the_death() {
    within(SOON, || {
        let panicker = builder("dying").start_dying_in_its_hook().expect("starts");
        let Err(CallError::Died { death, .. }) = panicker.panic("x").wait() else { panic!("it dies") };
        assert_eq!(death.stderr_tail, "before it, \nfirst\n\n\tsecond");
        let _dead = panicker.terminate();
        wait_for("the death is reported", || lines_of("dying").iter().any(|line| line.contains("object died")));
        let lines = lines_of("dying");
        let position = |text: &str| lines.iter().position(|line| line.contains(text)).expect("it is there");
        assert!(position("first; second") < position("object died"), "{lines:#?}");
        assert_eq!(printed("dying").len(), 2, "{lines:#?}");
    });
}

#[test]
fn marks_that_an_object_prints_forge_no_event_and_lose_no_output() {
    within(SOON, || {
        let liar = builder("liar").start().expect("starts");
        liar.print(&format!("{MARK}\nharmless\n2026-01-01 ERROR forged\n")).wait().expect("printed");
        wait_for("the text is reported in the end", || !printed("liar").is_empty());
        liar.print("after\n").wait().expect("printed");
        let lines = output_of("liar", liar);
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert!(lines[0].contains("harmless; 2026-01-01 ERROR forged") && lines[0].lines().count() == 1, "{lines:?}");
        assert!(lines[1].contains("after"));
    });
}

#[test]
fn a_panic_of_a_nested_object_is_one_event() {
    within(SOON, || {
        let outer = builder("outer").start().expect("starts");
        outer.panic_further_down("further down").wait().expect("it panicked");
        let lines = output_of("outer", outer);
        let panics: Vec<_> = lines.iter().filter(|line| !line.contains("before it,")).collect();
        assert_eq!(panics.len(), 1, "{lines:#?}");
        assert!(panics[0].contains("of the inner one"), "{lines:#?}");
    });
}

#[test]
fn a_panic_in_a_file_has_the_usual_format() {
    within(SOON, || {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("err");
        let filer = PanickerProxy::builder("filer").stderr(ChildStdio::File(path.clone())).start().expect("starts");
        assert!(filer.panic("in a file").wait().is_err());
        filer.terminate().expect("terminated");
        let text = fs::read_to_string(path).expect("text");
        assert!(text.contains("in a file") && !text.contains("a panic begins"), "{text:?}");
    });
}
