//! A client that is hostile, or has another build, against a host whose objects are doubles.

mod builds;
mod lives;
mod overtaking;
mod twice;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use concurrent_object::bridge::{CallLimits, EndKind, Event, Events, Message, Refusal, RemoteStart};
use serde_json::json;
use zenoh::Wait;
use zenoh::bytes::ZBytes;
use zenoh::query::{ConsolidationMode, Reply};

use super::{Held, Serving, Sink, Starter, serve_with};
use crate::control::{Control, Missing, StartRequest};
use crate::keys::Keys;
use crate::reply::{Collected, Collector};
use crate::session::Outbox;
use crate::wire::{self, Header, Kind};
use crate::{Config, Limits};

const LIMIT: u64 = 64 << 20;
const SOON: Duration = Duration::from_secs(30);
const SESSION: u64 = 77;
const INSTANCE: u128 = 5;
/// The constructor for which the double panics.
const PANICS: u32 = 99;

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
    fn limit(&self, _call: u64, _limits: CallLimits) {}
    fn end(&self, _how: EndKind) {
        (self.sink)(Event::Ended);
    }
}

struct Echoes(Arc<Mutex<Vec<u64>>>);

impl Starter for Echoes {
    fn types(&self) -> Vec<(String, u64)> {
        vec![("Echo".to_owned(), 0)]
    }
    fn start(&self, start: RemoteStart, sink: Sink) -> Result<Box<dyn Held>, Refusal> {
        assert_ne!(start.constructor, PANICS, "on purpose");
        Ok(Box::new(Echo { sink, got: self.0.clone() }))
    }
}

/// A host, and a client that speaks the wire by hand.
struct Lab {
    serving: Serving,
    client: Outbox,
    keys: Keys,
    /// Of a site that sees the host.
    config: Config,
    got: Arc<Mutex<Vec<u64>>>,
}

fn lab() -> Lab {
    lab_of(false)
}

fn lab_of(any_build: bool) -> Lab {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let endpoint = format!("tcp/{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let got = Arc::new(Mutex::new(Vec::new()));
    // The client announces no owner, so its objects live as long as the grace.
    let limits = Limits { owner_grace: SOON * 20, ..Limits::default() };
    let config = Config::new("lab").listen(&endpoint).any_build(any_build).limits(limits);
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
    Lab { serving, client, keys, config: Config::new("lab").connect(&endpoint), got }
}

impl Lab {
    /// The replies to a message. The channel ends with the query.
    fn ask(&self, key: String, message: ZBytes) -> Replies {
        let (send, replies) = mpsc::channel();
        let collector = Mutex::new(Collector::new(LIMIT));
        let take = move |reply: Reply| {
            let pass_on = |collected| drop(send.send(Ok(collected)));
            if let Err(reason) = collector.lock().expect("no panic").take(&reply, pass_on) {
                let _ = send.send(Err(reason));
            }
        };
        self.client.ask(move |session| {
            let query = session.get(key).payload(message).consolidation(ConsolidationMode::None).timeout(SOON * 20);
            query.callback(take).wait().expect("it is sent");
        });
        replies
    }

    fn start(&self, build: &str) -> Replies {
        self.start_life(INSTANCE, build, |_| ())
    }

    fn start_life(&self, instance: u128, build: &str, change: impl FnOnce(&mut RemoteStart)) -> Replies {
        let mut start = start_of();
        change(&mut start);
        let (owner, build) = ("owner".to_owned(), build.to_owned());
        let session = SESSION;
        let request = StartRequest { instance, owner, session, build, start, lengths: [0; 4] };
        let message = single(Kind::Control, INSTANCE, request.into_message());
        self.ask(self.keys.start("far"), message)
    }

    /// Sends a message to the object.
    fn send(&self, message: ZBytes) {
        let key = self.keys.object("far", INSTANCE);
        self.client.ask(move |session| session.put(key, message).wait()).expect("it is sent");
    }

    fn call(&self, id: u128) {
        self.send(single(Kind::Call, id, Message::new(1, 3, b"abc".to_vec(), vec![])));
    }
}

fn single(kind: Kind, id: u128, message: Message) -> ZBytes {
    wire::message(kind, id, message).next().expect("a message has a first part")
}

fn id(call: u64) -> u128 {
    u128::from(SESSION) << 64 | u128::from(call)
}

fn start_of() -> RemoteStart {
    let start = serde_json::from_value::<RemoteStart>(json!({
        "protocol": 1, "type_name": "Echo", "fingerprint": 0, "name": "echo", "constructor": 0,
        "arguments": { "tag": 0, "counted": 0, "structured": [], "raw": [], "limits": {} }, "slots": 4,
        "max_input_size": 1000, "max_output_size": 1000, "on_panic": "Continue", "stack_size": null, "cancel_grace": { "secs": 1, "nanos": 0 },
        "sends_stdout": false, "sends_stderr": false, "idempotent": [2], "snapshots": null, "state": null, "object": 1, "life": 1,
    }));
    start.expect("these are its fields")
}

/// Starts an object of a site, and returns the first that is heard of it.
fn first_event(site: &crate::Site, change: impl FnOnce(&mut RemoteStart)) -> Event {
    let (send, events) = mpsc::channel();
    let events_of = Events::new(move |event| send.send(event).unwrap_or_default());
    let mut start = start_of();
    change(&mut start);
    let _carrier = site.anywhere().start(start, events_of).expect("there is room");
    events.recv_timeout(SOON).expect("an event comes")
}

type Replies = mpsc::Receiver<Result<Collected, String>>;

fn next(replies: &Replies) -> Collected {
    replies.recv_timeout(SOON).expect("a reply comes").expect("it is valid")
}

fn started(lab: &Lab) -> Replies {
    let stream = lab.start(crate::identity::build());
    assert!(matches!(next(&stream), Collected::Taken(_)));
    stream
}

fn is_answer_to(collected: &Collected, number: u64) -> bool {
    matches!(collected, Collected::Event(Event::Answered(call, message)) if *call == number && message.structured == b"abc")
}

#[test]
fn a_piece_that_does_not_fit_fails_its_call_and_a_piece_that_is_missing_too() {
    let lab = lab();
    let stream = started(&lab);
    let announced = Header { raw: 1000, kind: Kind::Announced, ..Header::bare(Kind::Announced, id(1)) };
    lab.send(wire::encode(announced, &[], ZBytes::new()));
    lab.send(wire::encode(Header { raw: 3, ..Header::bare(Kind::Piece, id(1)) }, &[], ZBytes::from(vec![0; 3])));
    let Collected::Event(Event::Failed(1, reason)) = next(&stream) else { panic!("it must fail") };
    assert!(reason.contains("a piece of the call is refused"), "{reason}");
    lab.send(wire::encode(Header { id: id(2), ..announced }, &[], ZBytes::new()));
    lab.send(wire::encode(Header { id: id(3), ..announced }, &[], ZBytes::new()));
    let Collected::Event(Event::Failed(2, reason)) = next(&stream) else { panic!("it must fail") };
    assert!(reason.contains("not all of its pieces arrived"), "{reason}");
    lab.send(wire::encode(Header { raw: 1000, ..Header::bare(Kind::Piece, id(3)) }, &[], ZBytes::from(vec![0; 1000])));
    assert!(matches!(next(&stream), Collected::Event(Event::Answered(3, _))));
}

#[test]
fn a_client_that_never_finishes_its_starts_keeps_no_other_one_out() {
    let lab = lab();
    let announced = Header { raw: 1000, kind: Kind::Announced, ..Header::bare(Kind::Announced, 0) };
    let ask = |number| {
        let message = wire::encode(Header { id: number, ..announced }, &[], ZBytes::new());
        lab.ask(lab.keys.start("far"), message)
    };
    let is_refused = |replies: &Replies| {
        let Collected::Event(Event::Refused(Refusal::NoHost(reason))) = next(replies) else {
            panic!("it must be refused")
        };
        assert!(reason.contains("busy"), "{reason}");
    };
    let unfinished = (0..64).map(ask).collect::<Vec<_>>();
    assert!(unfinished.iter().all(|replies| matches!(replies.try_recv(), Err(mpsc::TryRecvError::Empty))));
    // After this, each of them has waited long enough to give way.
    std::thread::sleep(Duration::from_secs(1));
    let honest = ask(64);
    is_refused(&unfinished[0]);
    assert!(matches!(honest.try_recv(), Err(mpsc::TryRecvError::Empty)), "it waits for its pieces");
}

#[test]
fn mutated_messages_leave_the_host_and_the_object_as_they_were() {
    let lab = lab();
    let stream = started(&lab);
    let whole = single(Kind::Call, id(9), Message::new(1, 3, b"abc".to_vec(), vec![7; 30]));
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
        if round % 3 == 0 {
            lab.send(bytes.into());
            continue;
        }
        let key = if round % 3 == 1 { lab.keys.all() } else { lab.keys.start("far") };
        // What comes back does not matter here, only that the query ends.
        let replies = lab.ask(key, bytes.into());
        let end = std::iter::from_fn(|| Some(replies.recv_timeout(SOON))).find_map(Result::err);
        assert_eq!(end, Some(mpsc::RecvTimeoutError::Disconnected), "round {round}");
    }
    lab.call(id(1_000_000));
    while !is_answer_to(&next(&stream), 1_000_000) {}
    assert_eq!(lab.serving.objects(), 1);
}

#[test]
fn a_message_of_another_session_ends_nothing() {
    let lab = lab();
    let stream = started(&lab);
    let kill = Control::End(EndKind::Kill).to_bytes();
    lab.send(wire::valued(Kind::Control, u128::from(SESSION + 1) << 64, &kill));
    lab.call(id(1));
    assert!(is_answer_to(&next(&stream), 1), "it lives");
    lab.send(wire::valued(Kind::Control, id(0), &kill));
    assert!(matches!(next(&stream), Collected::Event(Event::Ended)));
}

#[test]
fn a_start_that_is_refused_takes_no_place() {
    let lab = lab();
    let site = crate::Site::connect(&lab.config).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
    for _ in 0..5 {
        let event = first_event(&site, |start| start.slots = 4096);
        assert!(matches!(event, Event::Refused(Refusal::Denied(_))), "{event:?}");
    }
    assert_eq!(site.hosts()[0].objects, 0);
}

#[test]
fn a_panic_of_on_start_is_a_refusal_and_the_host_serves_on() {
    let lab = lab();
    let site = crate::Site::connect(&lab.config).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
    let event = first_event(&site, |start| start.constructor = PANICS);
    assert!(matches!(event, Event::Refused(Refusal::Other(_))), "{event:?}");
    started(&lab);
}
