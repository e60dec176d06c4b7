//! Events that an object traces are logged by its parent as if they had been traced there.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "captured_output/collector.rs"]
mod collector;

use std::fs::File;
use std::io::Write;
use std::process::abort;

use collector::{collect, lines_of};
use concurrent_object::{CallError, ChildStdio, concurrent_object, forward_layer, forwards_events};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use tracing::{debug, error, info, info_span, trace, warn};
use tracing_subscriber::prelude::*;

concurrent_object::init_before_main!();

pub struct Tracer;

#[concurrent_object]
impl Tracer {
    pub fn new() -> Self {
        tracing_subscriber::registry().with(forward_layer()).init();
        Self
    }

    pub fn forwards(&self) -> bool {
        forwards_events()
    }

    pub fn trace_values(&self) {
        let span = info_span!("outer", user = "ann", later = tracing::field::Empty);
        let _outer = span.enter();
        span.record("later", 3);
        let _inner = info_span!("inner").entered();
        info!(target: "shop", count = 3, share = 0.5, paid = true, what = "tea", list = ?[1, 2], "sells {}", "tea");
    }

    pub fn trace_levels(&self) {
        trace!(target: "levels", "one");
        debug!(target: "levels", "two");
        info!(target: "levels", "three");
        warn!(target: "levels", "four");
        error!(target: "levels", "five");
    }

    pub fn mix(&self) {
        eprint!("one, ");
        info!(target: "mix", "two");
        eprintln!("three");
        warn!(target: "mix", "four");
    }

    pub fn trace_and_die(&self) {
        info!(target: "dying", "the last event");
        eprint!("the last words");
        abort()
    }

    pub fn forge(&self) {
        error!(target: "concurrent_object::life", name = "other", pid = 1, "object died\n2026 ERROR forged \u{1b}[2J");
    }

    pub fn print(&self, bytes: &[u8]) {
        std::io::stderr().write_all(bytes).expect("it takes it");
    }

    pub fn trace_without_stderr(&self) {
        let file = File::create("/dev/null").expect("it exists");
        rustix::stdio::dup2_stderr(&file).expect("it is open");
        info!(target: "elsewhere", "still here");
    }

    pub fn trace_much(&self, len: usize) {
        info!(target: "much", long = "x".repeat(len), last = 1, "{}", "y".repeat(len));
    }
}

fn tracer(name: &str) -> TracerProxy {
    collect();
    TracerProxy::builder(name).stderr(ChildStdio::Lines).start().expect("starts")
}

/// Ends the object. Returns the parent's log of it, without the object's lifecycle events.
fn log_of(name: &str, tracer: TracerProxy) -> Vec<String> {
    tracer.terminate().expect("terminated");
    let lines = lines_of(name).into_iter().filter(|line| !line.contains(" concurrent_object::life: "));
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn an_event_has_its_level_target_message_fields_and_spans() {
    within(SOON, || {
        let tracer = tracer("values");
        let pid = tracer.wait_until_ready().map(|()| tracer.handle().pid()).expect("ready");
        assert!(tracer.forwards().wait().expect("answered") && !forwards_events());
        tracer.trace_values().wait().expect("traced");
        let log = log_of("values", tracer);
        let [line] = &log[..] else { panic!("{log:#?}") };
        assert!(line.starts_with(&format!("INFO shop: sells tea name=\"values\" pid={pid} span=")), "{line}");
        assert!(line.contains(r#":outer{user=\"ann\" later=3}:inner" count="#), "{line}");
        assert!(line.ends_with(r#" count=3 share=0.5 paid=true what="tea" list=[1, 2]"#), "{line}");
    });
}

#[test]
fn the_parents_filter_sees_the_level_of_the_event() {
    within(SOON, || {
        let tracer = tracer("levels");
        tracer.trace_levels().wait().expect("traced");
        let log = log_of("levels", tracer);
        let begins: Vec<_> = log.iter().map(|line| line.split(" name=").next().unwrap_or_default()).collect();
        assert_eq!(begins, ["INFO levels: three", "WARN levels: four", "ERROR levels: five"]);
    });
}

#[test]
fn events_keep_their_place_among_lines_and_split_none() {
    within(SOON, || {
        let tracer = tracer("mix");
        tracer.mix().wait().expect("traced");
        let log = log_of("mix", tracer);
        let begins: Vec<_> = log.iter().map(|line| line.split(" name=").next().unwrap_or_default()).collect();
        assert_eq!(begins, ["INFO mix: two", "WARN concurrent_object::output: one, three", "WARN mix: four"]);
    });
}

#[test]
fn the_last_event_is_logged_before_the_death_and_is_not_in_its_tail() {
    within(SOON, || {
        let tracer = tracer("dying");
        let Err(CallError::Died { death, .. }) = tracer.trace_and_die().wait() else { panic!("it dies") };
        assert_eq!(death.stderr_tail, "the last words");
        let _dead = tracer.terminate();
        wait_for("the death is reported", || lines_of("dying").iter().any(|line| line.contains("object died")));
        let log = lines_of("dying");
        let position = |text: &str| log.iter().position(|line| line.contains(text)).expect("it is there");
        assert!(position("the last event") < position("object died"), "{log:#?}");
    });
}

#[test]
fn an_object_cannot_forge_events_of_the_library_or_of_another_object() {
    within(SOON, || {
        let tracer = tracer("forger");
        let pid = tracer.wait_until_ready().map(|()| tracer.handle().pid()).expect("ready");
        tracer.forge().wait().expect("traced");
        let log = log_of("forger", tracer);
        let [line] = &log[..] else { panic!("{log:#?}") };
        assert!(
            line.starts_with(r"ERROR concurrent_object::child::life: object died\n2026 ERROR forged \u{1b}[2J"),
            "{line}"
        );
        assert!(line.contains(&format!("name=\"forger\" pid={pid} ")), "{line}");
        assert!(line.contains("child.name=\"other\" child.pid=1"), "{line}");
    });
}

#[test]
fn bytes_that_resemble_an_event_are_ordinary_output() {
    within(SOON, || {
        let tracer = tracer("looks");
        let mark = b"\x02concurrent-object: event\x03";
        tracer.print(&[mark, &b"\x03\x00abc"[..], b"after\n"].concat()).wait().expect("printed");
        tracer.print(&[mark, &b"\xff\xff text\n"[..], mark].concat()).wait().expect("printed");
        let log = log_of("looks", tracer);
        assert!(log[0].contains("an event of the object cannot be read"), "{log:#?}");
        assert!(log[1].contains(": after name="), "{log:#?}");
        assert!(log[2].contains(r"\u{2}concurrent-object: event\u{3}") && log[2].contains("text"), "{log:#?}");
        assert_eq!(log.len(), 4, "{log:#?}");
    });
}

#[test]
fn events_still_arrive_after_the_object_redirects_its_standard_error() {
    within(SOON, || {
        let tracer = tracer("elsewhere");
        tracer.trace_without_stderr().wait().expect("traced");
        let log = log_of("elsewhere", tracer);
        assert!(log[0].starts_with("INFO elsewhere: still here"), "{log:#?}");
    });
}

#[test]
fn an_event_that_is_too_long_is_truncated_and_marked() {
    within(SOON, || {
        let tracer = tracer("much");
        tracer.trace_much(100_000).wait().expect("traced");
        let log = log_of("much", tracer);
        let [line] = &log[..] else { panic!("{} lines", log.len()) };
        assert!(line.starts_with("INFO much: yyy") && line.contains(" cut=true ") && line.len() < 5000, "{line}");
    });
}

#[test]
fn without_captured_standard_error_nothing_is_sent() {
    within(SOON, || {
        collect();
        let tracer = TracerProxy::builder("not captured").stderr(ChildStdio::Null).start().expect("starts");
        assert!(!tracer.forwards().wait().expect("answered"));
        tracer.trace_levels().wait().expect("traced");
        assert_eq!(log_of("not captured", tracer), Vec::<String>::new());
    });
}
