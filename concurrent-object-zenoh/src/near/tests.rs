//! A site against a host that is silent, or says what no sound host says.

mod full;

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use concurrent_object::bridge::{Carrier, EndKind, Event, Events, Message, Refusal, Remote, RemoteStart};
use serde_json::json;
use zenoh::Wait;
use zenoh::bytes::ZBytes;
use zenoh::query::Query;

use crate::control::{self, Control, Missing};
use crate::keys::Keys;
use crate::presence::HostPresence;
use crate::session::{Declared, Outbox};
use crate::wire::{self, Header, Kind};
use crate::{Config, HostInfo, Limits, Site};

const SOON: Duration = Duration::from_secs(30);

/// What a host does with a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Nothing at all, and its program does not say that it is there either.
    Silent,
    /// It takes the object, and no message for it.
    Deaf,
}

/// A host by hand, and an object there.
struct Lab {
    outbox: Outbox,
    start: Arc<Mutex<Option<Query>>>,
    carrier: Option<Box<dyn Carrier>>,
    /// Its session ends with it.
    _site: Site,
    /// What is sent to the object.
    sent: mpsc::Receiver<ZBytes>,
    events: mpsc::Receiver<Event>,
    _declared: (HostPresence, Declared<zenoh::query::Queryable<()>>, Declared<zenoh::pubsub::Subscriber<()>>),
}

fn lab(manner: Manner) -> Lab {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let endpoint = format!("tcp/{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let limits = Limits { lease: Duration::from_millis(400), ..Limits::default() };
    let outbox = Outbox::open(&Config::new("lab").listen(&endpoint)).expect("it listens");
    let (keys, start) = (Keys::new("lab"), Arc::new(Mutex::new(None)));
    let (key, kept) = (keys.start("far"), start.clone());
    let take = move |query: Query| {
        if query.payload().is_some_and(|payload| !payload.is_empty()) {
            if manner == Manner::Deaf {
                query.reply(query.key_expr().clone(), wire::bare(Kind::Taken, 0)).wait().expect("it is sent");
            }
            *kept.lock().expect("no panic") = Some(query);
        }
    };
    let declared = outbox.ask(move |session| session.declare_queryable(key).complete(true).callback(take).wait());
    let declared = outbox.hold(declared.expect("it is declared"));
    let (note, sent) = mpsc::channel();
    let take = move |sample: zenoh::sample::Sample| note.send(sample.payload().clone()).unwrap_or_default();
    let key = keys.objects("far");
    let calls = outbox.ask(move |session| session.declare_subscriber(key).callback(take).wait());
    let calls = outbox.hold(calls.expect("it is declared"));
    let info = HostInfo::new("far", 8, vec![("Echo".to_owned(), 0)]);
    let presence = HostPresence::with(&outbox, &keys, info).expect("it is announced");
    let site = Site::connect(&Config::new("lab").connect(&endpoint).limits(limits)).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
    let (send, events) = mpsc::channel();
    let events_of = Events::new(move |event| send.send(event).unwrap_or_default());
    let carrier = site.anywhere().start(start_of("Echo"), events_of).expect("it begins");
    let carrier = Some(carrier);
    Lab { outbox, start, carrier, _site: site, sent, events, _declared: (presence, declared, calls) }
}

fn start_of(type_name: &str) -> RemoteStart {
    let start = serde_json::from_value(json!({
        "protocol": 1, "type_name": type_name, "fingerprint": 0, "name": "echo", "constructor": 0,
        "arguments": { "tag": 0, "counted": 0, "structured": [], "raw": [], "limits": {} }, "slots": 4,
        "max_input_size": 1000, "max_output_size": 1000, "on_panic": "Continue", "stack_size": null, "cancel_grace": { "secs": 1, "nanos": 0 },
            "sends_stdout": false, "sends_stderr": false, "idempotent": [5], "snapshots": null, "state": null, "object": 1, "life": 1,
    }));
    start.expect("these are its fields")
}

impl Lab {
    /// Has the host say something.
    fn say(&self, message: ZBytes) {
        let query = self.asked();
        self.outbox.ask(move |_| query.reply(query.key_expr().clone(), message).wait()).expect("it is sent");
    }

    /// Waits until the host is asked for the object.
    fn asked(&self) -> Query {
        loop {
            if let Some(query) = self.start.lock().expect("no panic").clone() {
                return query;
            }
            std::thread::yield_now();
        }
    }

    fn carrier(&self) -> &dyn Carrier {
        &**self.carrier.as_ref().expect("it is not dropped")
    }

    /// Waits until the host receives the order to end the object.
    fn wait_for_the_end(&self) {
        loop {
            let message = self.sent.recv_timeout(SOON).expect("the object must be ended");
            let bytes = wire::copy(&message, wire::HEADER, message.len() - wire::HEADER);
            if matches!(control::read(&bytes), Some(Control::End(EndKind::Kill))) {
                return;
            }
        }
    }

    /// Has the host answer the first call, and expects that answer.
    fn answer_the_first(&self) {
        for part in wire::message(Kind::Answer, 1, Message::new(0, 0, vec![7], vec![])) {
            self.say(part);
        }
        match self.events.recv_timeout(SOON).expect("an event comes") {
            Event::Answered(1, message) => assert_eq!(message.structured, [7]),
            other => panic!("{other:?}"),
        }
    }

    fn lost(&self) -> String {
        match self.events.recv_timeout(SOON).expect("an event comes") {
            Event::Lost(reason) => reason,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_call_that_the_host_never_answers_is_lost_although_the_link_lives() {
    let lab = lab(Manner::Deaf);
    lab.carrier().send(1, Message::new(0, 0, vec![1], vec![]));
    let reason = lab.lost();
    assert!(reason.contains("has not answered for 1.4s"), "{reason}");
}

#[test]
fn a_start_that_the_host_never_answers_is_lost_although_the_link_lives() {
    let lab = lab(Manner::Silent);
    let reason = lab.lost();
    assert!(reason.contains("has not answered for 1.4s"), "{reason}");
}

#[test]
fn a_host_that_says_what_no_sound_host_says_loses_its_object() {
    let unsound = [
        wire::valued(Kind::Event, 0, b"no event"),
        wire::valued(Kind::Control, 0, b"no answer to a probe"),
        wire::bare(Kind::Call, 1),
        ZBytes::from(vec![1, 2, 3]),
        wire::encode(Header { raw: 3, ..Header::bare(Kind::Piece, 1) }, &[], ZBytes::from(vec![0; 3])),
        wire::encode(Header { raw: 1 << 40, ..Header::bare(Kind::Announced, 1) }, &[], ZBytes::new()),
    ];
    for message in unsound {
        let lab = lab(Manner::Deaf);
        lab.say(message.clone());
        assert!(!lab.lost().is_empty(), "{message:?}");
    }
}

/// What is sent to the object until a call of this number comes: the calls, and what the probes name.
fn sent_until_call(lab: &Lab, number: u64) -> Vec<u8> {
    loop {
        let message = lab.sent.recv_timeout(SOON).expect("the call is sent").to_bytes().into_owned();
        let header = wire::decode(&ZBytes::from(message.clone()), 1 << 20).expect("it is in the form");
        if header.kind == Kind::Call && header.id as u64 == number {
            return message;
        }
    }
}

#[test]
fn an_idempotent_call_that_did_not_arrive_is_sent_again_with_the_same_id_and_the_object_lives() {
    let lab = lab(Manner::Deaf);
    lab.carrier().send(1, Message::new(5, 0, vec![1, 2], vec![3]));
    let first = sent_until_call(&lab, 1);
    lab.say(wire::valued(Kind::Control, 0, &Missing { absent: vec![1], gone: vec![] }.to_bytes()));
    assert_eq!(sent_until_call(&lab, 1), first);
    lab.answer_the_first();
}

#[test]
fn a_call_that_may_not_run_twice_and_whose_outcome_is_gone_loses_the_object() {
    let lab = lab(Manner::Deaf);
    lab.carrier().send(1, Message::new(4, 0, vec![1], vec![]));
    sent_until_call(&lab, 1);
    lab.say(wire::valued(Kind::Control, 0, &Missing { absent: vec![], gone: vec![1] }.to_bytes()));
    assert!(lab.lost().contains("call 1"));
}

#[test]
fn an_answer_to_no_call_has_no_effect() {
    let lab = lab(Manner::Deaf);
    for part in wire::message(Kind::Answer, 9, Message::new(0, 0, vec![1], vec![])) {
        lab.say(part);
    }
    lab.carrier().send(1, Message::new(0, 0, vec![1], vec![]));
    lab.answer_the_first();
}

#[test]
fn a_start_that_is_given_up_before_the_host_takes_it_ends_there_when_it_does() {
    let mut lab = lab(Manner::Silent);
    lab.asked();
    lab.carrier = None;
    lab.say(wire::bare(Kind::Taken, 1));
    lab.wait_for_the_end();
}

#[test]
fn an_object_that_is_lost_while_the_link_lives_ends_there() {
    let mut lab = lab(Manner::Deaf);
    lab.carrier().send(1, Message::new(0, 0, vec![1], vec![]));
    lab.lost();
    lab.carrier = None;
    lab.wait_for_the_end();
    let mut lab = super::tests::lab(Manner::Silent);
    lab.lost();
    lab.carrier = None;
    lab.say(wire::bare(Kind::Taken, 1));
    lab.wait_for_the_end();
}
