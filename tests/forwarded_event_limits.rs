//! An object that traces faster than its parent logs neither blocks nor fills memory, and the lost
//! events are counted.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "captured_output/collector.rs"]
mod collector;

use collector::{HOLD, collect, lines_of, release};
use concurrent_object::{ChildStdio, concurrent_object, forward_layer};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use tracing::info;
use tracing_subscriber::prelude::*;

concurrent_object::init_before_main!();

pub struct Tracer;

#[concurrent_object]
impl Tracer {
    pub fn new() -> Self {
        tracing_subscriber::registry().with(forward_layer()).init();
        Self
    }

    pub fn say(&self, text: &str) {
        info!(target: "flood", "{text}");
    }

    pub fn flood(&self, count: usize) {
        (0..count).for_each(|number| info!(target: "flood", number, "one of many"));
    }
}

/// Returns the sum of a field over the lines that have it.
fn sum(lines: &[String], message: &str, field: &str) -> usize {
    let of = |line: &String| line.split_once(&format!(" {field}="))?.1.split_whitespace().next()?.parse::<usize>().ok();
    lines.iter().filter(|line| line.contains(message)).filter_map(of).sum()
}

#[test]
fn blocked_subscriber_blocks_no_object_and_lost_events_are_counted() {
    const COUNT: usize = 50_000;
    within(SOON, || {
        collect();
        let tracer = TracerProxy::builder("flooding").stderr(ChildStdio::Lines).start().expect("starts");
        tracer.say(HOLD).wait().expect("traced");
        wait_for("the reader is held", || !lines_of("flooding").is_empty());

        tracer.flood(COUNT).wait().expect("it does not wait for the parent");

        release();
        wait_for("the pipe has room again, and the count is reported", || {
            tracer.say("again").wait().expect("traced");
            lines_of("flooding").iter().any(|line| line.contains("events of the object were lost"))
        });
        tracer.terminate().expect("terminated");
        let lines = lines_of("flooding");
        let arrived = lines.iter().filter(|line| line.contains("one of many")).count();
        let lost = sum(&lines, "events of the object were lost", "events");
        let dropped = sum(&lines, "lines were left out", "lines");
        let total = arrived + lost + dropped;
        assert!(arrived > 0 && lost > 0, "{arrived} arrived, {lost} lost, {dropped} dropped");
        assert!((COUNT..COUNT + 1000).contains(&total), "{arrived} arrived, {lost} lost, {dropped} dropped");
    });
}
