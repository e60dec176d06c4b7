//! A program with an object. The parent or the child lacks some resource; the argument selects
//! which. It prints the outcome.
#![allow(unsafe_code)]

use std::time::{Duration, Instant};
use std::{env, thread};

use concurrent_object::{CallError, ChildStdio, RestartPolicy, State, concurrent_object};
use concurrent_object_tests::fate::send;
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

struct Victim;

#[concurrent_object]
impl Victim {
    pub fn new() -> Self {
        Self
    }

    pub fn echo(&self, value: u64) -> u64 {
        value
    }

    pub fn give_up_descriptors(&self) {
        limit_descriptors(0);
    }

    pub fn overflow(&self, depth: u64) -> u64 {
        let frame = std::hint::black_box([depth; 64]);
        if depth == u64::MAX { 0 } else { std::hint::black_box(self.overflow(depth + 1)) + frame[7] }
    }

    pub fn fill(&self, megabytes: usize) -> usize {
        std::hint::black_box(vec![7_u8; megabytes << 20]).len()
    }

    pub fn hang(&self) {
        loop {
            thread::sleep(Duration::from_secs(1000));
        }
    }
}

fn limit_descriptors(count: u64) {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: Some(count), maximum }).expect("a limit may be lowered");
}

/// The variable that limits a child to one thread.
const ONE_THREAD: &str = "ONE_THREAD";

fn limit_processes(count: u64) {
    setrlimit(Resource::Nproc, Rlimit { current: Some(count), maximum: Some(count) }).expect("a limit may be lowered");
}

fn main() {
    if env::var_os(ONE_THREAD).is_some() {
        limit_processes(1);
    }
    concurrent_object::init();
    match env::args().nth(1).as_deref() {
        Some("restart") => restart(),
        Some("exhausted") => exhausted(),
        Some("child") => child(),
        Some("parent") => parent(),
        Some("user") => user(),
        Some("reader") => reader(),
        Some("processes") => processes(),
        Some("address-space") => address_space(),
        Some("namespace") => namespace(),
        Some("memory") => memory(),
        Some("stack") => stack(),
        other => panic!("what is {other:?}?"),
    }
}

fn started(policy: RestartPolicy) -> VictimProxy {
    let victim = VictimProxy::builder("victim").restart(policy).cancel_grace(Duration::ZERO).start().expect("starts");
    victim.wait_until_ready().expect("ready");
    victim
}

/// The child dies while the parent has no descriptor for another process. Later there are some
/// again.
fn restart() {
    let pause = Duration::from_millis(5);
    let victim = started(RestartPolicy::on_death().max(10_000).backoff(pause..pause));
    let before = getrlimit(Resource::Nofile).current.expect("a limit");
    limit_descriptors(3);
    send(victim.handle().pid(), libc::SIGKILL);
    let mut call = victim.echo(7);
    // The child may have answered before the kill.
    call = match call.wait_timeout(Duration::from_millis(200)) {
        None => call,
        Some(_) => victim.echo(7),
    };
    println!("meanwhile: {:?}", victim.handle().state() == State::Starting);
    limit_descriptors(before);
    println!("later: {:?}", call.wait());
    println!("instances: {}", victim.handle().incarnation());
}

/// The same, but the parent gets no descriptor while the policy tries.
fn exhausted() {
    let victim = started(RestartPolicy::on_death().max(3).backoff(Duration::ZERO..Duration::ZERO));
    limit_descriptors(3);
    send(victim.handle().pid(), libc::SIGKILL);
    let error = loop {
        if let Err(error @ CallError::NotConstructed { .. }) = victim.echo(7).wait() {
            break error;
        }
    };
    println!("in the end: {error:?}");
    println!("state: {:?}", victim.handle().state());
}

/// The child may have no descriptor any more, not even those that it has open.
fn child() {
    let victim = started(RestartPolicy::never());
    victim.give_up_descriptors().wait().expect("done");
    println!("then: {:?}", victim.echo(7).wait());
    thread::sleep(Duration::from_millis(50));
    println!("after a pause: {:?}", victim.echo(8).wait());
    println!("pid: {}", victim.handle().pid());
    // So that the child ends with this process, and not because it is asked to.
    std::mem::forget(victim);
}

/// The same for the parent.
fn parent() {
    let victim = started(RestartPolicy::never());
    limit_descriptors(0);
    println!("then: {:?}", victim.echo(7).wait());
    let hanging = victim.hang();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| hanging.wait());
        thread::sleep(Duration::from_millis(50));
        send(victim.handle().pid(), libc::SIGKILL);
        println!("its death: {}", matches!(waiter.join().expect("no panic"), Err(CallError::Died { .. })));
    });
}

/// The child's output goes to a pipe without a reader: at the start, and when the next process is
/// spawned.
fn reader() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a named pipe");
    let builder =
        VictimProxy::builder("victim").restart(RestartPolicy::on_death()).stdout(ChildStdio::File(path.clone()));
    println!("at the start: {}", builder.clone().start().is_err_and(|error| error.to_string().contains("pipe")));
    let reader = rustix::fs::open(&path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
    let reader = reader.expect("a reader");
    let victim = builder.start().expect("starts");
    println!("with a reader: {:?}", victim.echo(7).wait());
    drop(reader);
    send(victim.handle().pid(), libc::SIGKILL);
    let error = loop {
        if let Err(error @ CallError::NotConstructed { .. }) = victim.echo(7).wait() {
            break error;
        }
    };
    println!("without: {}", error.object_gone());
}

/// This process becomes another user, who may not kill its child.
fn user() {
    let victim = started(RestartPolicy::never());
    let other = VictimProxy::builder("other").start().expect("starts");
    other.wait_until_ready().expect("ready");
    // SAFETY: `setuid` has no precondition.
    assert_eq!(unsafe { libc::setuid(65_534) }, 0);
    let begin = Instant::now();
    let hung = victim.hang().with_timeout(Duration::from_millis(20)).wait();
    println!("hung: {}", matches!(hung, Err(CallError::TimedOut { killed: true, .. })));
    println!("then: {}", victim.echo(1).wait().is_err_and(|error| error.object_gone()));
    println!("killed: {:?}", other.kill().is_ok() && !other.handle().is_alive());
    assert!(begin.elapsed() < Duration::from_secs(5), "what was not killed was waited for");
}

/// Becomes a user to whom the limit of processes applies, which counts threads. First the child may
/// have only one thread, then the parent.
fn processes() {
    let alone = 1_000_000 + std::process::id();
    // SAFETY: `setuid` has no precondition.
    assert_eq!(unsafe { libc::setuid(alone) }, 0);
    let victim = VictimProxy::builder("victim").env(ONE_THREAD, "1").start().expect("it may be made");
    println!("{:?}", victim.wait_until_ready().expect_err("it gets no thread"));
    limit_processes(1);
    println!("{:?}", VictimProxy::builder("victim").start().expect_err("no process more is allowed"));
}

fn address_space() {
    let limit = Some(512 << 20);
    setrlimit(Resource::As, Rlimit { current: limit, maximum: limit }).expect("a limit may be lowered");
    println!("{:?}", VictimProxy::builder("victim").start().expect_err("its files take gigabytes"));
    let small = VictimProxy::builder("small").max_input_size("1 MB").max_output_size("1 MB").slots(2);
    println!("small: {:?}", small.start().expect("starts").echo(7).wait());
}

fn namespace() {
    // SAFETY: `unshare` touches no memory of this process.
    assert_eq!(unsafe { libc::unshare(libc::CLONE_NEWPID) }, 0);
    println!("{:?}", VictimProxy::builder("victim").start().expect_err("not supported"));
}

/// Moves this process into a cgroup with a limit of 64 MiB. The second argument is the group's
/// folder.
fn memory() {
    let group = env::args().nth(2).expect("a group");
    std::fs::write(format!("{group}/cgroup.procs"), std::process::id().to_string()).expect("moved");
    let victim = started(RestartPolicy::never());
    let error = victim.fill(256).wait().expect_err("there is not as much");
    println!("{error:?}");
    let CallError::Died { death, .. } = error else { panic!("died otherwise") };
    println!("cause: {:?}, peak: {}", death.cause, death.peak_memory.is_some_and(|peak| peak > 32 << 20));
    let other = started(RestartPolicy::never());
    send(other.handle().pid(), libc::SIGKILL);
    let CallError::Died { death, .. } = other.hang().wait().expect_err("it is dead") else { panic!("died otherwise") };
    println!("then: {:?}", death.cause);
}

fn stack() {
    let victim = VictimProxy::builder("victim").stderr(ChildStdio::Lines).start().expect("starts");
    println!("{:?}", victim.overflow(0).wait().expect_err("its stack has an end"));
    let silent = VictimProxy::builder("silent").stderr(ChildStdio::Null).start().expect("starts");
    println!("{:?}", silent.overflow(0).wait().expect_err("its stack has an end"));
}
