//! The hostile host: it takes starts and calls, and replies with what was right once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use concurrent_object::CallError;
use concurrent_object::bridge::Message;
use concurrent_object_zenoh::{HostInfo, Site};
use fastrand::Rng;
use zenoh::query::Query;
use zenoh::sample::Sample;
use zenoh::{Session, Wait};

use super::vault::VaultProxy;
use super::{GROWTH, SOON, config, endpoint, free_port, memory, raw_session, wire};

/// A call has its outcome a lease and a second after the host has last answered a question for it. The host
/// answers every other question, so 20 answers behind each other are not to be expected.
const LIMIT: Duration = Duration::from_secs(60);

/// The hostile host has many names: a site does not trust one for a while that has lost an object.
const NAMES: usize = 256;
const THREADS: usize = 8;

/// What the host replies with, and to what.
struct Rogue {
    replies: Vec<Vec<u8>>,
    /// The query of the newest object of each name.
    streams: HashMap<String, Query>,
    random: Rng,
    sent: u64,
}

impl Rogue {
    /// Sends replies that do not fit, some of which are for this call.
    fn send_wrong(&mut self, stream: &Query, call: u128) {
        for _ in 0..self.random.u8(1..4) {
            let mut bytes = self.random.choice(&self.replies).expect("there are some").clone();
            if self.random.u8(..5) > 0 {
                wire::set_id(&mut bytes, call);
            }
            if self.random.u8(..3) > 0 {
                wire::mutate(&mut bytes, &mut self.random);
            }
            self.send(stream, bytes);
        }
    }

    fn send(&mut self, stream: &Query, bytes: Vec<u8>) {
        self.sent += 1;
        // An error says that the proxy has gone.
        let _ = stream.reply(stream.key_expr(), bytes).wait();
    }

    /// A reply of the honest host that has this kind, and these bytes.
    fn right(&self, kind: u8, part: &[u8]) -> Vec<u8> {
        let is_it = |reply: &&Vec<u8>| {
            reply.get(1) == Some(&kind) && (part.is_empty() || reply.windows(part.len()).any(|bytes| bytes == part))
        };
        self.replies.iter().find(is_it).expect("the client has seen one").clone()
    }

    fn take_start(&mut self, query: Query) {
        let host = query.key_expr().as_str().rsplit('/').next().expect("a last part").to_owned();
        // Mostly it takes the object, so that calls come.
        if self.random.u8(..8) > 0 {
            self.send(&query, wire::message(wire::TAKEN, 0, &Message::default()));
            self.send(&query, self.right(wire::EVENT, b"Ready"));
        } else {
            self.send_wrong(&query, 0);
        }
        self.streams.insert(host, query);
    }

    fn take_call(&mut self, sample: &Sample) {
        let host = sample.key_expr().as_str().rsplit('/').nth(1).expect("the host");
        let Some(stream) = self.streams.get(host).cloned() else { return };
        let mut right = Vec::new();
        for bytes in wire::unbundled(sample.payload().to_bytes().into_owned()) {
            // A reply has the number without the session.
            let id = bytes.get(2..10).map_or(0, |id| u64::from_le_bytes(id.try_into().expect("eight"))).into();
            match self.random.u8(..20) {
                // A host that answers each probe may take as long as it likes.
                ..10 if bytes.get(1) == Some(&wire::CONTROL) => {}
                0 => {}
                1 => {
                    self.send_right(&stream, &mut right);
                    self.send_wrong(&stream, id);
                }
                _ => {
                    let mut bytes = self.right(wire::ANSWER, b"");
                    wire::set_id(&mut bytes, id);
                    right.push(bytes);
                }
            }
        }
        self.send_right(&stream, &mut right);
    }

    /// Sends right answers as one message, which is sometimes broken.
    fn send_right(&mut self, stream: &Query, right: &mut Vec<Vec<u8>>) {
        if !right.is_empty() {
            let mut bytes = wire::several(right);
            if self.random.u8(..10) == 0 {
                wire::mutate(&mut bytes, &mut self.random);
            }
            self.send(stream, bytes);
            right.clear();
        }
    }
}

/// Runs proxies at a hostile host until it has sent so many replies.
pub fn attack_proxies(messages: u64, replies: Vec<Vec<u8>>, info: &HostInfo, random: &mut Rng) {
    assert!(replies.len() >= 10, "the hostile client has seen replies of a host");
    let port = free_port();
    let session = raw_session("listen", port);
    let rogue = Rogue { replies, streams: HashMap::new(), random: random.fork(), sent: 0 };
    let rogue = Arc::new(Mutex::new(rogue));
    let _declared = declare(&session, &rogue, info);
    let site = Site::connect(&config().connect(endpoint(port))).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| hosts.len() == NAMES).expect("the host appears");
    let (before, begin, counts) = (memory(std::process::id()), Instant::now(), Counts::default());
    std::thread::scope(|scope| {
        for first in (0..NAMES).step_by(NAMES / THREADS) {
            let (site, rogue, counts) = (&site, &rogue, &counts);
            let is_over = move || rogue.lock().expect("no panic").sent >= messages;
            scope.spawn(move || {
                (first..first + NAMES / THREADS).cycle().take_while(|_| !is_over()).for_each(|name| {
                    use_object(site, name, counts);
                })
            });
        }
    });
    let grown = memory(std::process::id()).saturating_sub(before);
    assert!(grown < GROWTH, "the memory has grown by {grown} bytes");
    println!("the proxies live after {:.0?}; the memory grew by {} KiB; {counts:?}", begin.elapsed(), grown >> 10);
    assert!(
        counts.results.load(Relaxed) > 0 && counts.errors.load(Relaxed) > 0,
        "there are right replies, and wrong ones"
    );
}

/// What came of the calls.
#[derive(Debug, Default)]
struct Counts {
    objects: AtomicU64,
    results: AtomicU64,
    errors: AtomicU64,
    of_the_protocol: AtomicU64,
    slowest: Mutex<Duration>,
}

/// Starts an object at a hostile host, and calls it. Each call has an outcome in time.
fn use_object(site: &Site, name: usize, counts: &Counts) {
    let begin = Instant::now();
    let Ok(vault) = VaultProxy::builder("vault").on(site.host(format!("rogue-{name}"))).start(&[1; 30]) else {
        return std::thread::sleep(Duration::from_millis(5));
    };
    counts.objects.fetch_add(1, Relaxed);
    let calls = (0..20).map(|at| vault.echo(&[at; 100])).collect::<Vec<_>>();
    for mut call in calls {
        let count = match call.wait_timeout(LIMIT).expect("each call has an outcome in time") {
            Ok(_) => &counts.results,
            Err(CallError::Protocol { .. }) => &counts.of_the_protocol,
            Err(_) => &counts.errors,
        };
        count.fetch_add(1, Relaxed);
    }
    drop(vault);
    let mut slowest = counts.slowest.lock().expect("no panic");
    *slowest = begin.elapsed().max(*slowest);
    assert!(*slowest < LIMIT * 2, "an object takes {slowest:?}");
}

/// Declares what a host declares. It ends with the result.
fn declare(session: &Session, rogue: &Arc<Mutex<Rogue>>, info: &HostInfo) -> impl Sized + use<> {
    let taker = rogue.clone();
    let start = session.declare_queryable("co/hostile/1/start/*").complete(true);
    let start =
        start.callback(move |query| taker.lock().expect("no panic").take_start(query)).wait().expect("declared");
    let taker = rogue.clone();
    let calls = session.declare_subscriber("co/hostile/1/obj/*/*");
    let calls = calls.callback(move |sample| taker.lock().expect("no panic").take_call(&sample)).wait();
    let calls = calls.expect("declared");
    let about = session.declare_queryable("co/hostile/1/about/*").complete(true);
    let info = info.clone();
    let about = about.callback(move |query| {
        let name = query.key_expr().as_str().rsplit('/').next().expect("a last part");
        let mut info = info.clone();
        info.host = name.to_owned();
        let _ = query.reply(query.key_expr(), rmp_serde::to_vec(&info).expect("it can be written")).wait();
    });
    let about = about.wait().expect("declared");
    let tokens = (0..NAMES).map(|name| {
        let token = session.liveliness().declare_token(format!("co/hostile/1/host/rogue-{name}"));
        token.wait().expect("declared")
    });
    (start, calls, about, tokens.collect::<Vec<_>>())
}
