//! Another program that sends what no sound one sends, in both directions. The seeds are fixed.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use concurrent_object::CallError;
use concurrent_object::bridge::{EndKind, Event, Events, Message, Registry, Relayed, RemoteExit};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::Gate;
use fastrand::Rng;

use super::builder_on;
use super::far::{Far, FarOutput, FarProxy};
use super::recorder::Recorder;

/// An object whose other program is this test, with three calls under way.
fn played() -> (FarProxy, Recorder, Events, Vec<u64>) {
    let recorder = Recorder::default();
    let far = builder_on(Arc::new(recorder.clone())).max_output_size("4 KiB").start(0).expect("begins");
    (0..3).for_each(|_| assert!(far.push_add(1).is_ok()));
    let calls = recorder.sent(3).into_iter().map(|(call, _)| call).collect();
    let events = recorder.events();
    (far, recorder, events, calls)
}

/// The result 1 to 127, encoded.
fn u64_bytes(value: u8) -> Vec<u8> {
    u64::from(value).to_ne_bytes().to_vec()
}

#[test]
fn events_that_do_not_fit_break_off_the_object() {
    let answer = || Message::new(1, 1, u64_bytes(7), Vec::new());
    type Unsound = fn(&Events, &[u64], Message);
    let cases: [(&str, Unsound); 11] = [
        ("an unknown call", |events, _, answer| events.put(Event::Answered(99, answer))),
        ("an unknown call begins", |events, _, _| events.put(Event::Begun(99))),
        ("an unknown call is returned", |events, _, _| events.put(Event::Returned(99))),
        ("an unknown call comes further", |events, _, _| events.put(Event::Progressed(99, vec![1]))),
        ("progress without end", |events, calls, _| events.put(Event::Progressed(calls[0], vec![1; 49]))),
        ("a second answer", |events, calls, answer| {
            events.put(Event::Answered(calls[0], answer.clone()));
            events.put(Event::Answered(calls[0], answer));
        }),
        ("too large", |events, calls, _| {
            events.put(Event::Answered(calls[0], Message::new(1, 1, vec![0; 1 << 20], Vec::new())));
        }),
        ("a wrong kind", |events, calls, _| {
            events.put(Event::Answered(calls[0], Message::new(77, 1, u64_bytes(7), Vec::new())));
        }),
        ("ready twice", |events, _, _| events.put(Event::Ready { pid: 1, host: String::new() })),
        ("large remarks", |events, calls, _| events.put(Event::Failed(calls[0], "x".repeat(2 << 20)))),
        ("a flood", |events, _, _| (0..1_000_000).for_each(|_| events.put(Event::Noted(Vec::new())))),
    ];
    for (what, unsound) in cases {
        within(SOON, move || {
            let (far, recorder, events, calls) = played();
            events.put(Event::Ready { pid: 1, host: String::new() });
            unsound(&events, &calls, answer());
            let outcomes: Vec<_> = (0..3).map(|_| far.wait_pull()).collect();
            let broken = |outcome: &Result<_, CallError>| matches!(outcome, Err(CallError::Protocol { .. }));
            assert!(outcomes.iter().all(|outcome| outcome.is_ok() || broken(outcome)), "{what}: {outcomes:?}");
            assert!(outcomes.iter().any(broken), "{what}: {outcomes:?}");
            assert!(broken(&far.add(1).wait().map(|_| None::<FarOutput>)), "{what}");
            recorder.wait_for(|recorded| recorded.ends.contains(&EndKind::Kill).then_some(()));
        });
    }
}

#[test]
fn answers_before_the_object_is_ready_break_it_off() {
    within(SOON, || {
        let (far, _recorder, events, calls) = played();
        events.put(Event::Answered(calls[0], Message::new(1, 1, u64_bytes(7), Vec::new())));
        assert!(far.wait_until_ready().is_err());
    });
}

#[test]
fn a_call_that_is_refused_before_the_object_is_ready_fails_alone() {
    within(SOON, || {
        let (far, _recorder, events, calls) = played();
        events.put(Event::Failed(calls[1], "too large for the link".to_owned()));
        events.put(Event::Ready { pid: 1, host: String::new() });
        for call in [calls[0], calls[2]] {
            events.put(Event::Answered(call, Message::new(1, 1, u64_bytes(7), Vec::new())));
        }
        assert!(matches!(far.wait_pull(), Ok(Some(FarOutput::Add(7)))));
        let error = far.wait_pull().expect_err("refused").to_string();
        assert!(error.contains("too large for the link"), "{error}");
        assert!(matches!(far.wait_pull(), Ok(Some(FarOutput::Add(7)))));
        // Refusals of calls that are not under way are no reason to keep anything.
        let (far, _recorder, events, _) = played();
        (0..4).for_each(|call| events.put(Event::Failed(call, String::new())));
        assert!(far.wait_until_ready().is_err());
    });
}

#[test]
fn answers_in_any_order_reach_their_calls() {
    within(SOON, || {
        let (far, _recorder, events, calls) = played();
        events.put(Event::Ready { pid: 1, host: String::new() });
        for (&call, value) in calls.iter().zip([1, 2, 3]).rev() {
            events.put(Event::Answered(call, Message::new(1, 1, u64_bytes(value), Vec::new())));
        }
        let values: Vec<_> = (0..3).map(|_| far.wait_pull().expect("answered")).collect();
        assert!(matches!(values[..], [Some(FarOutput::Add(1)), Some(FarOutput::Add(2)), Some(FarOutput::Add(3))]));
    });
}

/// Any events at all: each call has one outcome, and nothing hangs or panics.
#[test]
fn random_events_leave_each_call_with_one_outcome() {
    for seed in 0..200 {
        within(SOON, move || {
            let mut random = Rng::with_seed(seed);
            let (far, _recorder, events, calls) = played();
            for _ in 0..random.usize(0..20) {
                events.put(any_event(&mut random, &calls));
            }
            events.put(
                [Event::Died(RemoteExit::Code(3)), Event::Lost("cut".into()), Event::Ended][random.usize(0..3)].clone(),
            );
            for _ in 0..3 {
                let _outcome = far.wait_pull();
            }
            assert!(far.pull().is_err(), "seed {seed}: no further outcome, and the object has ended");
        });
    }
}

fn any_event(random: &mut Rng, calls: &[u64]) -> Event {
    let call = if random.u8(0..10) == 0 { random.u64(..) } else { calls[random.usize(0..calls.len())] };
    let message = |random: &mut Rng| {
        let mut bytes = |most| (0..random.usize(0..most)).map(|_| random.u8(..)).collect::<Vec<_>>();
        let (structured, raw) = (bytes(80), bytes(200));
        Message::new(random.u32(0..8), random.u64(..), structured, raw)
    };
    match random.u8(0..8) {
        0 => Event::Spawned { pid: random.u32(..), host: "any".into() },
        1 => Event::Ready { pid: random.u32(..), host: "any".into() },
        2 => Event::Begun(call),
        3 => Event::Failed(call, "refused".into()),
        4 => Event::Returned(call),
        5 => Event::TimedOut { call, ran_for: SOON, has_begun: random.bool(), was_killed: random.bool() },
        6 => Event::Noted((0..random.usize(0..100)).map(|_| random.u8(..)).collect()),
        _ => Event::Answered(call, message(random)),
    }
}

/// A relayed object, and what it reports.
fn relayed() -> (Relayed, Receiver<Event>) {
    let recorder = Recorder::default();
    let _far = builder_on(Arc::new(recorder.clone())).max_input_size("64 KiB").slots(4).start(0).expect("begins");
    let (start, _) = recorder.wait_for(|recorded| recorded.start.clone());
    let mut registry = Registry::new();
    registry.register::<Far, FarOutput>();
    let (events, reported) = channel();
    let events = Mutex::new(events);
    let report = move |event| drop(events.lock().expect("no panic").send(event));
    (registry.start(start, |options| options, report).expect("starts"), reported)
}

/// The next event that concludes this call.
fn conclusion(reported: &Receiver<Event>, of: u64) -> Event {
    loop {
        let event = reported.recv().expect("an event");
        match &event {
            Event::Answered(call, _) | Event::Failed(call, _) | Event::Returned(call) if *call == of => return event,
            Event::Died(_) | Event::Lost(_) | Event::Ended => return event,
            _ => {}
        }
    }
}

/// Encodes a call of `method`, as a proxy does.
fn encoded(make: impl FnOnce(&FarProxy)) -> Message {
    let recorder = Recorder::default();
    let far = builder_on(Arc::new(recorder.clone())).start(0).expect("begins");
    make(&far);
    recorder.sent(1).remove(0).1
}

#[test]
fn a_call_that_was_cancelled_while_it_ran_is_not_reported_as_refused() {
    within(SOON, || {
        let gate = Gate::new();
        let call = encoded(|far| drop(far.spin_until_cancelled(gate.path())));
        let (relayed, reported) = relayed();
        relayed.send(1, call);
        gate.wait_until_reached();
        relayed.cancel(1, Some(SOON));
        // A failure. A call that was refused has not begun.
        let event = conclusion(&reported, 1);
        assert!(matches!(&event, Event::Answered(1, message) if message.tag == 2), "{event:?}");
    });
}

#[test]
fn mutated_calls_are_answered_or_refused_and_the_object_serves_on() {
    within(SOON * 4, || {
        let long: Vec<u64> = (0..500).collect();
        let sound = [
            encoded(|far| drop(far.add(1))),
            encoded(|far| drop(far.sum(&long))),
            encoded(|far| drop(far.shout("quiet"))),
        ];
        let (relayed, reported) = relayed();
        let mut random = Rng::with_seed(17);
        for call in 1..=3000 {
            let mut message = sound[random.usize(0..sound.len())].clone();
            mutate(&mut random, &mut message);
            relayed.send(call, message);
            let event = conclusion(&reported, call);
            assert!(matches!(event, Event::Answered(..) | Event::Failed(..)), "call {call}: {event:?}");
        }
        relayed.send(u64::MAX, sound[1].clone());
        let Event::Answered(_, answer) = conclusion(&reported, u64::MAX) else { panic!("it serves on") };
        assert_eq!(answer.tag, 1, "{answer:?}");
    });
}

fn mutate(random: &mut Rng, message: &mut Message) {
    let mut raw = std::mem::take(&mut message.raw).into_vec().expect("it lies in no slot");
    for _ in 0..random.usize(1..4) {
        let bytes = if random.bool() { &mut raw } else { &mut message.structured };
        match random.u8(0..5) {
            0 => bytes.truncate(random.usize(0..=bytes.len())),
            1 => (0..random.usize(0..70_000)).for_each(|_| bytes.push(0)),
            2 if random.u8(0..4) == 0 => message.counted = random.u64(..),
            // The methods that end the process are not of interest here.
            3 if random.u8(0..4) == 0 => message.tag = [0, 3, 8, 9, 100, u32::MAX][random.usize(0..6)],
            _ => {
                let len = bytes.len();
                if len > 0 {
                    bytes[random.usize(0..len)] = random.u8(..);
                }
            }
        }
    }
    message.raw = raw.into();
}

#[test]
fn more_calls_than_slots_are_refused_and_take_no_memory() {
    within(SOON, || {
        let gate = concurrent_object_tests::gate::Gate::new();
        let wait = encoded(|far| drop(far.wait_at(gate.path())));
        let (relayed, reported) = relayed();
        (1..=5).for_each(|call| relayed.send(call, wait.clone()));
        let Event::Failed(5, reason) = conclusion(&reported, 5) else { panic!("refused") };
        assert!(reason.contains("4 calls are under way"), "{reason}");
        gate.open();
        (1..=4).for_each(|call| assert!(matches!(conclusion(&reported, call), Event::Answered(..))));
    });
}

/// The extension with number 104 names a slot: the message would read another call's arguments.
#[test]
fn a_message_that_names_another_slot_is_refused() {
    within(SOON, || {
        let message = encoded(|far| drop(far.sum(&(0..500).collect::<Vec<_>>())));
        let (relayed, reported) = relayed();
        let gate = concurrent_object_tests::gate::Gate::new();
        relayed.send(1, encoded(|far| drop(far.wait_at(gate.path()))));
        relayed.send(2, message.clone());
        (0..2).for_each(|slot| relayed.send(3 + u64::from(slot), naming(&message, slot)));
        gate.open();
        let Event::Answered(_, sum) = conclusion(&reported, 2) else { panic!("answered") };
        assert_eq!(sum.tag, 1);
        for call in [3, 4] {
            let Event::Answered(_, failure) = conclusion(&reported, call) else { panic!("answered") };
            let reason = String::from_utf8_lossy(&failure.structured).into_owned();
            assert!(failure.tag == 2 && reason.contains("outside the message"), "a failure: {reason}");
        }
    });
}

/// The same message, with the list in the region of this slot instead of its own.
fn naming(message: &Message, slot: u16) -> Message {
    // A placeholder: its extension's length (kind and two numbers), its tag, its kind.
    let at = message.structured.windows(2).position(|bytes| bytes == [0xc7, 17]).expect("a placeholder");
    let mut structured = message.structured[..at].to_vec();
    structured.extend([0xc7, 19, 104, message.structured[at + 3]]);
    structured.extend(slot.to_be_bytes());
    structured.extend(&message.structured[at + 4..]);
    Message::new(message.tag, message.counted, structured, message.raw.clone())
}
