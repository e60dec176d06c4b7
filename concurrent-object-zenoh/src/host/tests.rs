//! A client that is hostile, or has another build, against a host whose objects are doubles.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use concurrent_object::bridge::{EndKind, Event, Message, RemoteStart};
use serde_json::json;
use zenoh::Wait;
use zenoh::bytes::ZBytes;
use zenoh::query::{ConsolidationMode, Reply};

use super::{Held, Serving, Sink, Starter, serve_with};
use crate::Config;
use crate::control::StartRequest;
use crate::keys::Keys;
use crate::reply::{Collected, Collector};
use crate::session::Outbox;
use crate::wire::{self, Header, Kind};

const LIMIT: u64 = 1 << 20;
const SOON: Duration = Duration::from_secs(30);
const SESSION: u64 = 77;
const INSTANCE: u128 = 5;

/// Answers each call with its own bytes, and counts what it got.
struct Echo {
    sink: Sink,
    got: Arc<Mutex<Vec<u64>>>,
}

impl Held for Echo {
    fn send(&self, call: u64, message: Message) {
        self.got.lock().expect("no panic").push(call);
        (self.sink)(Event::Answered(call, message));
    }
    fn cancel(&self, _call: u64, _grace: Option<Duration>) {}
    fn end(&self, _how: EndKind) {
        (self.sink)(Event::Ended);
    }
}

struct Echoes(Arc<Mutex<Vec<u64>>>);

impl Starter for Echoes {
    fn types(&self) -> Vec<String> {
        vec!["Echo".to_owned()]
    }
    fn start(&self, _start: RemoteStart, sink: Sink) -> Result<Box<dyn Held>, String> {
        Ok(Box::new(Echo { sink, got: self.0.clone() }))
    }
}

/// A host, and a client that speaks the wire by hand.
struct Lab {
    serving: Serving,
    client: Outbox,
    keys: Keys,
    got: Arc<Mutex<Vec<u64>>>,
}

fn lab() -> Lab {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let endpoint = format!("tcp/{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let got = Arc::new(Mutex::new(Vec::new()));
    let config = Config::new("lab").listen(&endpoint);
    let serving = serve_with(&config, "far".to_owned(), 2, Box::new(Echoes(got.clone()))).expect("it listens");
    let client = Outbox::open(&Config::new("lab").connect(&endpoint)).expect("it opens");
    let keys = Keys::new("lab");
    let (key, (send, seen)) = (keys.all_hosts(), mpsc::channel());
    let tokens = client.ask(move |session| {
        let tokens = session.liveliness().declare_subscriber(key).history(true);
        tokens.callback(move |_| send.send(()).unwrap_or_default()).wait().expect("it is declared")
    });
    seen.recv_timeout(SOON).expect("the host appears");
    drop(client.hold(tokens));
    Lab { serving, client, keys, got }
}

impl Lab {
    /// The replies to a message. The channel ends with the query.
    fn ask(&self, key: String, message: ZBytes) -> mpsc::Receiver<Result<Collected, String>> {
        let (send, replies) = mpsc::channel();
        let collector = Mutex::new(Collector::new(LIMIT));
        let take = move |reply: Reply| {
            if let Some(collected) = collector.lock().expect("no panic").take(&reply).transpose() {
                let _ = send.send(collected);
            }
        };
        self.client.ask(move |session| {
            let query = session.get(key).payload(message).consolidation(ConsolidationMode::None).timeout(SOON);
            query.callback(take).wait().expect("it is sent");
        });
        replies
    }

    fn start(&self, build: &str) -> mpsc::Receiver<Result<Collected, String>> {
        let start = serde_json::from_value::<RemoteStart>(json!({
            "protocol": 1, "type_name": "Echo", "fingerprint": 0, "name": "echo", "constructor": 0,
            "arguments": { "tag": 0, "counted": 0, "structured": [], "raw": [] }, "slots": 4,
            "max_input_size": 1000, "max_output_size": 1000, "on_panic": "Continue", "stack_size": null,
        }));
        let start = start.expect("these are its fields");
        let (owner, build) = ("owner".to_owned(), build.to_owned());
        let bytes = StartRequest { instance: INSTANCE, owner, session: SESSION, build, start }.to_bytes();
        let message = wire::encode(Header::with(Kind::Control, INSTANCE, &bytes), &bytes, ZBytes::new());
        self.ask(self.keys.start("far"), message)
    }

    fn call(&self, id: u128) -> Option<Result<Collected, String>> {
        let message = Message::new(1, 3, b"abc".to_vec(), vec![]);
        let message = wire::message(Kind::Call, id, message).remove(0);
        self.ask(self.keys.object("far", INSTANCE), message).recv_timeout(SOON).ok()
    }
}

fn id(call: u64) -> u128 {
    u128::from(SESSION) << 64 | u128::from(call)
}

#[test]
fn a_call_whose_id_was_taken_before_does_not_run_again() {
    let lab = lab();
    let stream = lab.start(crate::identity::build());
    assert!(matches!(stream.recv_timeout(SOON), Ok(Ok(Collected::Begun))));
    assert!(matches!(lab.call(id(1)), Some(Ok(Collected::Answer(message))) if message.structured == b"abc"));
    let Some(Ok(Collected::Event(Event::Failed(_, reason)))) = lab.call(id(1)) else { panic!("it must be refused") };
    assert!(reason.contains("duplicate"), "{reason}");
    let Some(Ok(Collected::Event(Event::Failed(_, reason)))) = lab.call(2) else { panic!("it must be refused") };
    assert!(reason.contains("another session"), "{reason}");
    assert_eq!(*lab.got.lock().expect("no panic"), [1]);
}

#[test]
fn another_build_is_refused_with_both_names() {
    let lab = lab();
    let Ok(Ok(Collected::Event(Event::Lost(reason)))) = lab.start("build-other").recv_timeout(SOON) else {
        panic!("it must be refused")
    };
    assert!(reason.contains("version skew") && reason.contains("build-other"), "{reason}");
    assert!(reason.contains(crate::identity::build()), "{reason}");
    assert_eq!(lab.serving.objects(), 0);
}

#[test]
fn mutated_messages_leave_the_host_and_the_object_as_they_were() {
    let lab = lab();
    let stream = lab.start(crate::identity::build());
    assert!(matches!(stream.recv_timeout(SOON), Ok(Ok(Collected::Begun))));
    let whole = wire::message(Kind::Call, id(9), Message::new(1, 3, b"abc".to_vec(), vec![7; 30])).remove(0);
    let whole = whole.to_bytes().into_owned();
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..3000_u32 {
        let mut bytes = whole.clone();
        // The kind stays: a valid request to end the object would do so.
        for _ in 0..random.usize(1..5) {
            let at = if random.bool() { 0 } else { random.usize(2..bytes.len()) };
            bytes[at] = random.u8(..);
        }
        bytes.truncate(random.usize(0..=bytes.len()));
        let (everywhere, own, start) = (lab.keys.all(), lab.keys.object("far", INSTANCE), lab.keys.start("far"));
        let key = [everywhere, own, start][round as usize % 3].clone();
        // What comes back does not matter here, only that the query ends.
        let replies = lab.ask(key, bytes.into());
        let end = std::iter::from_fn(|| Some(replies.recv_timeout(SOON))).find_map(Result::err);
        assert_eq!(end, Some(mpsc::RecvTimeoutError::Disconnected), "round {round}");
    }
    assert!(matches!(lab.call(id(1_000_000)), Some(Ok(Collected::Answer(_)))));
    assert_eq!(lab.serving.objects(), 1);
}
