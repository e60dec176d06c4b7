//! Large parts that a transport reads where they lie: arguments until their call has its outcome,
//! results until they are dropped.

use std::sync::Arc;
use std::time::Duration;

use concurrent_object::bridge::{Event, Message, Registry, Relayed};
use concurrent_object_tests::deadline::{SOON, within};

use super::builder_on;
use super::far::{Far, FarOutput};
use super::recorder::Recorder;

fn numbers(first: u64) -> Vec<u64> {
    (first..first + 100_000).collect()
}

/// Whether these are the bytes of a list, behind what lies in front of it.
fn ends_with(message: &Message, list: &[u64]) -> bool {
    let mut bytes = Vec::new();
    message.raw.append_to(0..message.raw.len(), &mut bytes).expect("they are there");
    let list: Vec<u8> = list.iter().flat_map(|number| number.to_ne_bytes()).collect();
    bytes.windows(list.len()).next_back() == Some(&list) || bytes.starts_with(&list)
}

#[test]
fn arguments_are_there_until_their_call_has_its_outcome_and_never_those_of_another() {
    within(SOON, || {
        let recorder = Recorder::default();
        let far = builder_on(Arc::new(recorder.clone())).slots(1).start(0).expect("begins");
        let events = recorder.events();
        events.put(Event::Ready { pid: 1, host: String::new() });
        let first = far.sum(&numbers(0));
        let (call, message) = recorder.sent(1).remove(0);
        assert!(message.raw.is_lent() && ends_with(&message, &numbers(0)));
        events.put(Event::Failed(call, "on purpose".into()));
        first.wait().expect_err("refused");
        let second = far.sum(&numbers(7));
        let (call, later) = recorder.sent(2).remove(1);
        assert!(ends_with(&later, &numbers(7)));
        message.raw.append_to(0..1, &mut Vec::new()).expect_err("its call has its outcome");
        message.raw.clone().into_vec().expect_err("its call has its outcome");
        events.put(Event::Begun(call));
        assert!(ends_with(&later, &numbers(7)), "it has none yet");
        events.put(Event::Ended);
        second.wait().expect_err("its object has ended");
        drop(far);
        while later.raw.append_to(0..1, &mut Vec::new()).is_ok() {
            std::thread::yield_now();
        }
    });
}

#[test]
fn a_result_is_there_until_it_is_dropped_and_its_slot_serves_the_next_call_after_that() {
    within(SOON, || {
        let recorder = Recorder::default();
        let far = builder_on(Arc::new(recorder.clone())).slots(1).start(0).expect("begins");
        let (start, _) = recorder.wait_for(|recorded| recorded.start.clone());
        let asks = far.count_up(100_000);
        let request = recorder.sent(1).remove(0).1;
        let mut registry = Registry::new();
        registry.register::<Far, FarOutput>();
        let (report, reported) = std::sync::mpsc::channel();
        let report = std::sync::Mutex::new(report);
        let report = move |event| drop(report.lock().expect("no panic").send(event));
        let relayed: Relayed = registry.start(start, |options| options, report).expect("starts");
        let answer = || loop {
            match reported.recv().expect("an event") {
                Event::Answered(_, message) => return message,
                Event::Spawned { .. } | Event::Ready { .. } | Event::Begun(_) => {}
                other => panic!("{other:?}"),
            }
        };
        relayed.send(1, request.clone());
        let first = answer();
        assert!(first.raw.is_lent() && ends_with(&first, &(0..100_000).collect::<Vec<_>>()));
        relayed.send(2, request);
        assert!(reported.recv_timeout(Duration::from_millis(200)).is_err(), "its slot is read");
        assert!(ends_with(&first, &(0..100_000).collect::<Vec<_>>()));
        drop(first);
        assert!(ends_with(&answer(), &(0..100_000).collect::<Vec<_>>()));
        recorder.events().put(Event::Ended);
        asks.wait().expect_err("it was not answered");
    });
}
