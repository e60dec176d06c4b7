//! A program with an object, one of the two of which is deprived of something: its argument says of what. It says what became of it.
#![allow(unsafe_code)]

use std::time::{Duration, Instant};
use std::{env, thread};

use concurrent_object::{CallError, ChildStream, Restart, State, concurrent_object};
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

fn main() {
    concurrent_object::init();
    match env::args().nth(1).as_deref() {
        Some("restart") => restart(),
        Some("exhausted") => exhausted(),
        Some("child") => child(),
        Some("parent") => parent(),
        Some("user") => user(),
        Some("reader") => reader(),
        other => panic!("what is {other:?}?"),
    }
}

fn started(policy: Restart) -> VictimProxy {
    let victim = VictimProxy::builder("victim").restart(policy).cancel_grace(Duration::ZERO).start().expect("starts");
    victim.wait_until_ready().expect("ready");
    victim
}

/// Dies while there is no descriptor for another process, and there are some again later.
fn restart() {
    let pause = Duration::from_millis(5);
    let victim = started(Restart::on_death().max(10_000).backoff(pause..pause));
    let before = getrlimit(Resource::Nofile).current.expect("a limit");
    limit_descriptors(3);
    send(victim.handle().pid(), libc::SIGKILL);
    let mut call = victim.echo(7);
    // It may have been answered before the kill.
    call = match call.wait_timeout(Duration::from_millis(200)) {
        None => call,
        Some(_) => victim.echo(7),
    };
    println!("meanwhile: {:?}", victim.handle().state() == State::Starting);
    limit_descriptors(before);
    println!("later: {:?}", call.wait());
    println!("lives: {}", victim.handle().incarnation());
}

/// The same, and there are none as long as the policy tries.
fn exhausted() {
    let victim = started(Restart::on_death().max(3).backoff(Duration::ZERO..Duration::ZERO));
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

/// The child may have no descriptors any more, not even those that it has.
fn child() {
    let victim = started(Restart::never());
    victim.give_up_descriptors().wait().expect("done");
    println!("then: {:?}", victim.echo(7).wait());
    thread::sleep(Duration::from_millis(50));
    println!("after a pause: {:?}", victim.echo(8).wait());
    println!("pid: {}", victim.handle().pid());
    // Its end comes with this process's, and not because it is asked for.
    std::mem::forget(victim);
}

/// The same here.
fn parent() {
    let victim = started(Restart::never());
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

/// What the child prints goes to a pipe that nobody reads: at the start, and when the next process is to be made.
fn reader() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a named pipe");
    let builder = VictimProxy::builder("victim").restart(Restart::on_death()).stdout(ChildStream::File(path.clone()));
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

/// This process becomes another user, which may not kill what it has started.
fn user() {
    let victim = started(Restart::never());
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
