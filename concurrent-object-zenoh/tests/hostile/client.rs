//! The hostile client: it has an object of its own, and knows the wire.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use concurrent_object::bridge::{Message, RemoteStart};
use fastrand::Rng;
use zenoh::liveliness::LivelinessToken;
use zenoh::query::{ConsolidationMode, Reply};
use zenoh::{Session, Wait};

use super::{SOON, recorder, wire};

const SESSION: u64 = 0x5e55;
/// How many replies are kept for the hostile host.
const KEPT: usize = 2000;

pub struct Client {
    session: Session,
    build: String,
    secret: [u8; 16],
    start: RemoteStart,
    calls: Vec<Message>,
    instance: u128,
    next: u64,
    sender: mpsc::Sender<(u64, Vec<u8>)>,
    replies: mpsc::Receiver<(u64, Vec<u8>)>,
    kept: Vec<Vec<u8>>,
    answers: u64,
    objects: u64,
    /// The query that asked for the object, of all that were made.
    stream: u64,
    asked: u64,
    is_gone: bool,
    owner: String,
    token: LivelinessToken,
}

impl Client {
    pub fn new(session: Session, build: String, secret: [u8; 16]) -> Self {
        let (start, calls) = recorder::record();
        let (sender, replies) = mpsc::channel();
        let owner = "hostile".to_owned();
        let token = announce(&session, &owner);
        Self {
            session,
            build,
            secret,
            start,
            calls,
            instance: 0,
            next: 1,
            sender,
            replies,
            kept: Vec::new(),
            answers: 0,
            objects: 0,
            stream: 0,
            asked: 0,
            is_gone: true,
            owner,
            token,
        }
    }

    /// Starts an object as a proxy does. Waits until it has answered a call.
    pub fn start_honestly(&mut self) {
        let begin = Instant::now();
        while !self.is_started() {
            assert!(begin.elapsed() < SOON, "the host takes no object any more");
            // The host may be full of objects that the attack has started: they end with their owner.
            self.owner = format!("hostile-{}", fastrand::u64(..));
            self.token = announce(&self.session, &self.owner);
        }
        self.objects += 1;
        self.is_gone = false;
    }

    fn is_started(&mut self) -> bool {
        self.instance = u128::from(fastrand::u64(..));
        self.stream = self.ask("start/far", self.honest_start());
        let limit = Instant::now() + Duration::from_secs(1);
        while let Some(left) = limit.checked_duration_since(Instant::now()) {
            let Ok((stream, reply)) = self.replies.recv_timeout(left) else { break };
            let kind = reply.get(1).copied().unwrap_or_default();
            self.look_at(stream, reply);
            match kind {
                _ if stream != self.stream => {}
                wire::TAKEN => {
                    let call = self.honest_call(0);
                    self.put(call);
                }
                wire::ANSWER => return true,
                _ => {}
            }
        }
        false
    }

    fn honest_start(&self) -> Vec<u8> {
        wire::start(self.instance, &self.owner, SESSION, &self.build, &self.start)
    }

    fn honest_call(&mut self, which: usize) -> Vec<u8> {
        let id = self.id();
        wire::message(wire::CALL, id, &self.calls[which])
    }

    fn id(&mut self) -> u128 {
        self.next += 1;
        u128::from(SESSION) << 64 | u128::from(self.next)
    }

    fn put(&self, bytes: Vec<u8>) {
        let key = format!("co/hostile/1/obj/far/{:032x}", self.instance);
        self.session.put(key, bytes).wait().expect("it is sent");
    }

    /// Returns the number of the query, which its replies have too.
    fn ask(&mut self, key: &str, bytes: Vec<u8>) -> u64 {
        self.asked += 1;
        let (send, number) = (self.sender.clone(), self.asked);
        let take = move |reply: Reply| {
            let bytes = match reply.result() {
                Ok(sample) => sample.payload().to_bytes().into_owned(),
                Err(error) => error.payload().to_bytes().into_owned(),
            };
            wire::unbundled(bytes).into_iter().for_each(|bytes| drop(send.send((number, bytes))));
        };
        let query = self.session.get(format!("co/hostile/1/{key}")).payload(bytes);
        query.consolidation(ConsolidationMode::None).timeout(SOON * 100).callback(take).wait().expect("it is sent");
        number
    }

    /// No reply may have bytes of the other client.
    fn look_at(&mut self, stream: u64, reply: Vec<u8>) {
        assert!(!reply.windows(16).any(|bytes| bytes == self.secret), "bytes of another client came back");
        self.answers += 1;
        let ends = |name: &[u8]| reply.windows(name.len()).any(|bytes| bytes == name);
        if stream == self.stream && reply.get(1) == Some(&wire::EVENT) {
            self.is_gone |= ends(b"Ended") || ends(b"Died") || ends(b"Lost");
        }
        if self.kept.len() < KEPT {
            self.kept.push(reply);
        }
    }

    pub fn attack(&mut self, messages: u64, random: &mut Rng) {
        for number in 0..messages {
            match random.u8(..20) {
                0 => {
                    let mut bytes = self.honest_start();
                    // Sometimes another object, sometimes the own one again.
                    if random.bool() {
                        let other = u128::from(random.u64(..));
                        bytes = wire::start(other, &self.owner, SESSION, &self.build, &self.start);
                    }
                    wire::mutate(&mut bytes, random);
                    self.ask(if random.u8(..8) == 0 { "**" } else { "start/far" }, bytes);
                }
                1 => {
                    let [cancel, probe, end] = wire::controls(u128::from(SESSION) << 64 | u128::from(self.next));
                    let mut bytes = match random.u32(..1000) {
                        0 => end,
                        1..500 => probe,
                        _ => cancel,
                    };
                    wire::mutate(&mut bytes, random);
                    self.put(bytes);
                }
                2 => self.put_pieces(random),
                3 => {
                    let calls = (0..random.usize(..40)).map(|_| self.honest_call(random.usize(..self.calls.len())));
                    let mut bytes = wire::several(&calls.collect::<Vec<_>>());
                    if random.bool() {
                        bytes = wire::several(&[bytes]);
                    }
                    if random.bool() {
                        wire::mutate(&mut bytes, random);
                    }
                    self.put(bytes);
                }
                4 => {
                    let which = random.usize(..self.calls.len());
                    let bytes = self.honest_call(which);
                    self.put(bytes);
                }
                _ => {
                    let which = random.usize(..self.calls.len());
                    let mut bytes = self.honest_call(which);
                    wire::mutate(&mut bytes, random);
                    self.put(bytes);
                }
            }
            while let Ok((stream, reply)) = self.replies.try_recv() {
                self.look_at(stream, reply);
            }
            // The attack may have ended its own object.
            if self.is_gone || number % 20_000 == 19_999 {
                self.start_honestly();
            }
        }
    }

    /// A call in pieces: in place, out of place, too many.
    fn put_pieces(&mut self, random: &mut Rng) {
        let id = self.id();
        let length = random.u64(1..300_000);
        let structured = random.u32(..64);
        self.put(wire::header(wire::ANNOUNCED, id, 0, 0, structured, length));
        for _ in 0..random.u8(..4) {
            let piece = random.usize(..100_000);
            let anywhere = random.u64(..);
            let at = random.choice([0, 1, length, u64::MAX, anywhere]).expect("not empty");
            let mut bytes = wire::header(wire::PIECE, id, 0, at, 0, piece as u64);
            bytes.resize(wire::HEADER + piece, 7);
            self.put(bytes);
        }
    }

    pub fn summary(&self) -> String {
        format!("{} replies; it started {} objects", self.answers, self.objects)
    }

    pub fn into_replies(self) -> Vec<Vec<u8>> {
        self.kept
    }
}

/// Says that an owner of objects is there.
fn announce(session: &Session, owner: &str) -> LivelinessToken {
    session.liveliness().declare_token(format!("co/hostile/1/owner/{owner}")).wait().expect("declared")
}
