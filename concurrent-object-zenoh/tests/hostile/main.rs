//! A hostile client at a host, and a hostile host at a proxy. Both send messages that were right once.
//!
//! The host and the objects of others live on, their calls have the right results, their bytes do not
//! come back to the client, and the memory of the host stays bounded. The proxies' program does not
//! panic or hang either, and its memory stays bounded: each call has an outcome.
//!
//! `cargo test -p concurrent-object-zenoh --test hostile -- --messages 1000000 --replies 20000`.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations)]

mod client;
mod neighbour;
mod recorder;
mod rogue;
mod vault;
mod wire;

use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio, exit};
use std::time::{Duration, Instant};

use concurrent_object_zenoh::{ByteSize, Config, Host, HostInfo, Limits, Site};
use zenoh::{Session, Wait};

use vault::{Vault, VaultOutput};

/// The variable that makes this program a host, and has its port.
const HOST: &str = "HOSTILE_HOST";
/// Longer than anything here takes.
const SOON: Duration = Duration::from_secs(30);
/// The largest message of all sides, in MiB.
const MESSAGE: u64 = 1;
/// By how much the memory of a program may grow: a window of messages for each object, and what
/// allocators and Zenoh keep.
const GROWTH: u64 = (16 * MESSAGE * 4 + 96) << 20;

struct Plan {
    messages: u64,
    replies: u64,
    seed: u64,
}

fn main() {
    concurrent_object::init();
    if let Ok(port) = std::env::var(HOST) {
        return serve(&port);
    }
    let Some(Plan { messages, replies: wanted, seed }) = plan() else { return };
    println!("hostile: {messages} messages, seed {seed}");
    // A panic of any thread is a failure.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        exit(101);
    }));
    let mut random = fastrand::Rng::with_seed(seed);
    let (replies, mut info) = attack_a_host(messages, &mut random);
    info.objects = 0;
    rogue::attack_proxies(wanted, replies, &info, &mut random);
}

/// `None` if the arguments ask for other tests only.
fn plan() -> Option<Plan> {
    let mut plan = Plan { messages: 20_000, replies: 2000, seed: fastrand::u64(..) };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok()).expect("a number follows");
        match argument.as_str() {
            "--messages" => plan.messages = number(),
            "--replies" => plan.replies = number(),
            "--seed" => plan.seed = number(),
            "--list" => return None,
            filter if !filter.starts_with('-') && !"hostile".contains(filter) => return None,
            _ => {}
        }
    }
    Some(plan)
}

fn config() -> Config {
    let mut limits = Limits::default();
    limits.message = ByteSize::mib(MESSAGE);
    limits.owner_grace = Duration::from_secs(1);
    Config::new("hostile").limits(limits)
}

fn endpoint(port: impl std::fmt::Display) -> String {
    format!("tcp/127.0.0.1:{port}")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    listener.local_addr().expect("it is bound").port()
}

/// The main function of the host.
fn serve(port: &str) {
    let host = Host::new(config().listen(endpoint(port)), "far").capacity(4).register(|types| {
        types.register::<Vault, VaultOutput>();
    });
    let _serving = host.start().expect("it listens");
    // It ends with the process that started it, however that ends.
    std::io::stdin().read_to_end(&mut Vec::new()).expect("a pipe");
}

/// A session that speaks the wire by hand.
fn raw_session(role: &str, port: u16) -> Session {
    let mut config = zenoh::Config::default();
    let endpoints = (format!("{role}/endpoints"), format!("[\"{}\"]", endpoint(port)));
    let other = if role == "listen" { "connect" } else { "listen" };
    let off =
        [format!("{other}/endpoints"), "scouting/multicast/enabled".to_owned(), "scouting/gossip/enabled".to_owned()];
    let off = off.into_iter().zip(["[]", "false", "false"].map(str::to_owned));
    for (key, value) in off.chain([endpoints]) {
        config.insert_json5(&key, &value).expect("Zenoh has the key");
    }
    zenoh::open(config).wait().expect("it opens")
}

/// Ends with the test, also if that fails.
struct HostProcess(Child);

impl Drop for HostProcess {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns replies of the host, and what it says of itself, for the hostile host to begin with.
fn attack_a_host(messages: u64, random: &mut fastrand::Rng) -> (Vec<Vec<u8>>, HostInfo) {
    let port = free_port();
    let mut command = Command::new(std::env::current_exe().expect("it runs"));
    let mut host = HostProcess(command.env(HOST, port.to_string()).stdin(Stdio::piped()).spawn().expect("it runs"));
    let site = Site::connect(&config().connect(endpoint(port))).expect("it opens");
    let hosts = site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("the host appears");
    let neighbour = neighbour::Neighbour::start(&site);
    let mut client = client::Client::new(raw_session("connect", port), hosts[0].build.clone(), neighbour.secret());
    client.start_honestly();
    let before = memory(host.0.id());
    let begin = Instant::now();
    client.attack(messages, random);
    let took = begin.elapsed();
    let grown = memory(host.0.id()).saturating_sub(before);
    assert!(host.0.try_wait().expect("it is a child").is_none(), "the host has ended");
    assert!(grown < GROWTH, "the host's memory has grown by {grown} bytes");
    let calls = neighbour.finish();
    println!("the host lives after {took:.0?}; its memory grew by {} KiB; {calls} calls beside it", grown >> 10);
    println!("the client: {}", client.summary());
    (client.into_replies(), hosts[0].clone())
}

/// The memory of a process, in bytes.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it lives");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}
