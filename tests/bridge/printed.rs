//! What an object in another program prints comes over, and this program reports it.

use std::sync::Arc;

use concurrent_object::bridge::Remote;
use concurrent_object::{CallError, ChildStdio};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

use super::collector::{collect, lines_of};
use super::far::{FarProxy, FarProxyBuilder};
use super::loopback;

fn named(name: &str) -> FarProxyBuilder {
    collect();
    FarProxy::builder(name).on(loopback() as Arc<dyn Remote>)
}

/// What was reported of a stream: the text between the target and the fields.
fn printed_by(name: &str, stream: &str) -> Vec<String> {
    let fields = format!("stream=\"{stream}\"");
    let lines = lines_of(name).into_iter().filter(|line| line.contains(&fields));
    let text =
        |line: String| Some(line.split_once("concurrent_object::output: ")?.1.split_once(" name=")?.0.to_owned());
    lines.filter_map(text).collect()
}

#[test]
fn lines_come_over_in_their_order_with_the_process_id_of_the_other_machine() {
    within(SOON, || {
        let far = named("printing").stdout(ChildStdio::Lines).stderr(ChildStdio::Lines).start(0).expect("starts");
        far.wait_until_ready().expect("ready");
        let pid = far.handle().pid();
        assert_ne!(pid, std::process::id());
        far.print(2000).wait().expect("printed");
        far.close().expect("ends");
        wait_for("all lines come", || printed_by("printing", "stdout").len() == 2000);
        let expected: Vec<_> = (0..2000).map(|line| format!("line {line}")).collect();
        assert_eq!(printed_by("printing", "stdout"), expected);
        assert_eq!(printed_by("printing", "stderr"), ["printed 2000"]);
        let lines = lines_of("printing");
        assert!(lines.iter().filter(|line| line.contains("stream=")).all(|line| line.contains(&format!("pid={pid} "))));
    });
}

#[test]
fn the_last_output_is_in_the_report_of_the_death() {
    within(SOON, || {
        let far = named("aborting").stdout(ChildStdio::Lines).stderr(ChildStdio::Lines).start(0).expect("starts");
        match far.print_and_abort().wait() {
            Err(CallError::Died { death, .. }) => assert_eq!(death.stderr_tail, "it hurts\n"),
            other => panic!("{other:?}"),
        }
        wait_for("the line comes", || printed_by("aborting", "stdout") == ["the last line"]);
    });
}

#[test]
fn a_panic_is_one_event_here() {
    within(SOON, || {
        let far = named("panicking").stderr(ChildStdio::Lines).start(0).expect("starts");
        assert!(far.panic().wait().is_err());
        far.close().expect("ends");
        wait_for("it comes", || !printed_by("panicking", "stderr").is_empty());
        let events: Vec<_> = lines_of("panicking").into_iter().filter(|line| line.contains("stream=")).collect();
        assert!(events.len() == 1 && events[0].contains("on purpose"), "{events:?}");
    });
}

#[test]
fn streams_that_are_not_asked_for_stay_there() {
    within(SOON, || {
        let far = named("quiet").start(0).expect("starts");
        far.print(3).wait().expect("printed");
        far.close().expect("ends");
        assert!(lines_of("quiet").iter().all(|line| !line.contains("stream=")));
        let refused = named("refused").stdout(ChildStdio::Null).start(0).map(drop).expect_err("refused").to_string();
        assert!(refused.contains("`stdout`"), "{refused}");
    });
}
