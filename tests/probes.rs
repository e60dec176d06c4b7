//! What ordinary libraries do in a pure sandbox: the same as without one, or an error that they
//! expect.
#![allow(missing_docs, missing_debug_implementations, clippy::new_without_default)]

#[path = "probes/c_library.rs"]
mod c_library;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{IsTerminal, Read, Seek, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use concurrent_object::{CallError, Sandbox, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use rayon::prelude::*;

concurrent_object::init_before_main!();

/// What a probe reports.
type Report = Result<String, String>;

/// A probe, and what it finds. It gets what the constructor has prepared.
type Probe = (&'static str, fn(&mut Prober) -> Report);

pub struct Prober {
    opened: File,
    pool: rayon::ThreadPool,
}

fn all() -> impl Iterator<Item = &'static Probe> {
    SAME.iter().chain(REFUSED).chain(DEADLY.iter().map(|(probe, _)| probe))
}

#[concurrent_object]
impl Prober {
    pub fn new() -> Self {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
        Self { opened: File::open("/etc/passwd").expect("a file"), pool }
    }

    pub fn probe(&mut self, name: &str) -> Report {
        let (_, probe) = all().find(|(known, _)| *known == name).expect("a probe of this name");
        probe(self)
    }
}

fn words<T: std::fmt::Debug>(value: T) -> Report {
    Ok(format!("{value:?}"))
}

fn of_io<T: std::fmt::Debug>(result: std::io::Result<T>) -> Report {
    result.map(|value| format!("{value:?}")).map_err(|error| error.to_string())
}

/// Allocates on eight threads, each of which gets a part of the heap of its own.
fn allocate_on_threads() -> usize {
    let work = |i: usize| move || (0..200).map(|j| vec![1_u8; 1000 + i * j]).map(|bytes| bytes.len()).sum::<usize>();
    let threads: Vec<_> = (0..8).map(|i| thread::spawn(work(i))).collect();
    threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
}

fn named_thread() -> Report {
    let named = thread::Builder::new().name("worker".into());
    let spawned = named.spawn(|| thread::current().name().map(str::to_owned)).map_err(|error| error.to_string())?;
    words(spawned.join().expect("no panic"))
}

fn read_opened(prober: &mut Prober) -> std::io::Result<bool> {
    let mut text = String::new();
    prober.opened.rewind()?;
    prober.opened.read_to_string(&mut text)?;
    Ok(text.contains("root"))
}

fn traced() -> &'static str {
    tracing::info!("from the child");
    "traced"
}

fn panics() -> bool {
    std::panic::catch_unwind(|| panic!("on purpose")).is_err()
}

/// Whether a backtrace names the functions of this file.
fn backtrace_has_names() -> bool {
    std::backtrace::Backtrace::force_capture().to_string().contains("backtrace_has_names")
}

/// Times differ, so only their order is reported.
fn clocks() -> (bool, bool) {
    let (began, long_ago) = (Instant::now(), SystemTime::UNIX_EPOCH);
    thread::sleep(Duration::from_millis(2));
    (began.elapsed() >= Duration::from_millis(2), SystemTime::now() > long_ago)
}

fn times_out() -> bool {
    let (_sender, receiver) = mpsc::channel::<u8>();
    receiver.recv_timeout(Duration::from_millis(2)).is_err()
}

fn deep(n: u64) -> u64 {
    let frame = std::hint::black_box([n; 64]);
    if n == 0 { 0 } else { deep(n - 1) + frame[3] }
}

const SAME: &[Probe] = &[
    ("a map with random keys", |_| words(HashMap::from([(1, 2)]))),
    ("a sorted map", |_| words((0..1000).map(|n| (n, n)).collect::<BTreeMap<_, _>>().len())),
    ("a thread", |_| words(thread::spawn(|| 7).join().expect("no panic"))),
    ("a named thread", |_| named_thread()),
    ("the heap of several threads", |_| words(allocate_on_threads())),
    ("the number of processors", |_| of_io(thread::available_parallelism())),
    ("rayon", |_| words((0..1000_u64).into_par_iter().sum::<u64>())),
    ("rayon with the constructor's pool", |prober| {
        words(prober.pool.install(|| (0..1000_u64).into_par_iter().sum::<u64>()))
    }),
    ("standard output", |_| of_io(writeln!(std::io::stdout(), "a line"))),
    ("standard error", |_| of_io(writeln!(std::io::stderr(), "a line"))),
    ("clocks and sleep", |_| words(clocks())),
    ("a channel with a time limit", |_| words(times_out())),
    ("local time", |_| words(c_library::local_time())),
    ("the environment", |_| words(std::env::var("PATH").is_ok())),
    ("a regular expression", |_| words(regex::Regex::new(r"(\w+)@(\w+)").expect("valid").replace("a@b", "$2"))),
    ("a file of the constructor", |prober| of_io(read_opened(prober))),
    ("the size of a file of the constructor", |prober| of_io(prober.opened.metadata().map(|data| data.len()))),
    ("its size by the C library", |prober| words(c_library::size_of(&prober.opened))),
    ("whether output is a terminal", |_| words(std::io::stdout().is_terminal())),
    ("a large allocation", |_| words(vec![1_u8; 64 << 20].len())),
    ("a growing allocation", |_| words((0..1_u64 << 20).collect::<Vec<_>>().len())),
    ("process ids", |_| words((std::process::id() > 0, std::os::unix::process::parent_id() > 0))),
    ("an event", |_| words(traced())),
    ("a panic", |_| words(panics())),
    ("deep recursion", |_| words(deep(2000))),
];

/// They fail with "permission denied", as on a system that does not let them.
const REFUSED: &[Probe] = &[
    ("opening a file", |_| of_io(File::open("/etc/passwd"))),
    ("a temporary file", |_| of_io(tempfile::tempfile())),
    ("the working directory", |_| of_io(std::env::current_dir())),
    ("the path of the program", |_| of_io(std::env::current_exe())),
    ("executable memory", |_| of_io(c_library::executable_memory())),
    ("the processors of a thread", |_| of_io(c_library::bind_to_first_processor())),
    ("loading a library", |_| c_library::load("libresolv.so.2")),
];

/// They end the process: the name of the call. The guide says what to do in the constructor.
const DEADLY: &[(Probe, &str)] = &[
    (
        ("looking up a host", |_| of_io(std::net::ToSocketAddrs::to_socket_addrs("localhost:80").map(Iterator::count))),
        "socket",
    ),
    (("looking up a user", |_| words(c_library::user_is_known(12_345))), "socket"),
];

fn prober(sandbox: Option<Sandbox>) -> ProberProxy {
    let builder = ProberProxy::builder("prober");
    let builder = if let Some(sandbox) = sandbox { builder.sandbox(sandbox) } else { builder };
    builder.start().expect("starts")
}

#[test]
fn ordinary_libraries_do_the_same_in_a_pure_sandbox() {
    within(SOON, || {
        let (free, pure) = (prober(None), prober(Some(Sandbox::pure())));
        for (name, _) in SAME {
            let outcomes = [&free, &pure]
                .map(|prober| prober.probe(name).wait().unwrap_or_else(|error| panic!("{name}: {error}")));
            assert_eq!(outcomes[1], outcomes[0], "{name}");
            assert!(outcomes[1].is_ok(), "{name}: {:?}", outcomes[1]);
        }
    });
}

#[test]
fn questions_about_files_fail_as_if_there_were_no_permission() {
    within(SOON, || {
        let (free, pure) = (prober(None), prober(Some(Sandbox::pure())));
        for (name, _) in REFUSED {
            free.probe(name).wait().expect(name).expect(name);
            let error = pure.probe(name).wait().unwrap_or_else(|error| panic!("{name}: {error}")).expect_err(name);
            assert!(error.contains("ermission denied"), "{name}: {error}");
        }
    });
}

#[test]
fn look_ups_over_sockets_end_the_process_by_name() {
    within(SOON, || {
        for ((name, _), call) in DEADLY {
            let error = prober(Some(Sandbox::pure())).probe(name).wait().expect_err(name);
            let CallError::Died { death, .. } = error else { panic!("{name}: {error}") };
            let text = death.violation().expect("a violation").to_string();
            assert!(text.contains(&format!("`{call}`")), "{name}: {text}");
        }
    });
}

#[test]
fn backtraces_of_a_pure_object_have_names_if_they_are_wanted() {
    within(SOON, || {
        for sandbox in [Sandbox::pure(), Sandbox::read_only(["/etc"])] {
            let builder = NamerProxy::builder("namer").env("RUST_BACKTRACE", "1").sandbox(sandbox);
            assert!(builder.start().expect("starts").has_names().wait().expect("answers"));
        }
    });
}

pub struct Namer;

#[concurrent_object]
impl Namer {
    pub fn new() -> Self {
        Self
    }

    pub fn has_names(&self) -> bool {
        backtrace_has_names()
    }
}
