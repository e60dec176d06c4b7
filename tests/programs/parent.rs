//! A program with objects, for tests that need a whole process. Its first argument selects what it
//! does.
#![allow(unsafe_code)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, mem, process, thread};

use concurrent_object::{CallError, Exit, StartError};
use concurrent_object_tests::fate::Fate;
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::mortal::MortalProxy;

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    if arguments == ["start-before-init"] {
        // In the child, standard input is still the control socket at this point, and the program
        // inherits it.
        let mut program = Command::new(env::current_exe().expect("this program"));
        assert!(program.arg("greet").status().expect("it runs").success());
    }
    concurrent_object::init();
    match arguments[..] {
        ["ignore-sigchld"] => ignore_sigchld(),
        ["overflow"] => overflow(),
        ["spin", gate, ..] => hold(|object| object.push_spin(Path::new(gate))),
        ["stand", gate, ..] => hold(|object| object.push_add_after(Path::new(gate), 1)),
        ["construct", gate, ..] => construct(Path::new(gate)),
        ["copied", gate, ..] => copied(Path::new(gate)),
        ["idle", gate, ..] => idle(Path::new(gate)),
        ["return", gate, ..] => forget(Path::new(gate)),
        ["panic", gate, ..] => panic_with(Path::new(gate)),
        ["exit", gate, ..] => exit(Path::new(gate)),
        ["churn", ..] => churn(),
        ["greet"] => println!("greetings"),
        ["start"] => start(),
        ["start-before-init"] => println!("{}", started().add(42).wait().expect("alive")),
        _ => panic!("what is {arguments:?}?"),
    }
}

fn started() -> MortalProxy {
    MortalProxy::builder("child").start().expect("start")
}

/// Sleeps until it is killed.
fn stay() -> ! {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

fn hold<T, E: std::error::Error>(push: impl FnOnce(&MortalProxy) -> Result<T, E>) {
    let object = started();
    push(&object).expect("push");
    stay();
}

fn construct(gate: &Path) {
    let _object = MortalProxy::builder("child").start_late(gate).expect("start");
    stay();
}

/// Has a forked copy that does nothing, and that inherits all open descriptors.
fn copied(gate: &Path) {
    let object = started();
    object.wait_until_ready().expect("ready");
    // SAFETY: the copy only sleeps.
    let copy = unsafe { libc::fork() };
    if copy == 0 {
        stay();
    }
    std::fs::write(gate.join("pids"), format!("{copy} {}", object.handle().pid())).expect("written");
    gate::reach(gate);
    stay();
}

/// Has an idle object.
fn idle(gate: &Path) {
    let object = started();
    object.add(1).wait().expect("alive");
    gate::reach(gate);
    stay();
}

/// Starts an object that computes without end.
fn spinning(gate: &Path) -> MortalProxy {
    let object = MortalProxy::builder("child").grace(Duration::from_millis(10)).start().expect("start");
    object.push_spin(gate).expect("push");
    while !gate.join("reached").exists() {
        thread::yield_now();
    }
    object
}

/// Returns from `main` without ending its object.
fn forget(gate: &Path) {
    mem::forget(spinning(gate));
}

/// Panics, which drops its object during unwinding.
fn panic_with(gate: &Path) {
    let _object = spinning(gate);
    panic!("this is meant to happen");
}

/// Exits without dropping anything.
fn exit(gate: &Path) {
    let _object = spinning(gate);
    process::exit(7);
}

/// Starts and ends objects without end: four at a time, each on a thread of its own, some idle and
/// some busy.
fn churn() {
    let gate = Path::new("/nowhere");
    thread::scope(|scope| {
        for number in 0..4 {
            scope.spawn(move || {
                loop {
                    let object = MortalProxy::builder("child").grace(Duration::ZERO).start().expect("start");
                    match number {
                        0 => drop(object.add(1).wait()),
                        1 => drop(object.push_spin(gate)),
                        2 => mem::forget(object),
                        _ => {}
                    }
                    if number == 2 {
                        stay();
                    }
                }
            });
        }
    });
}

fn ignore_sigchld() {
    // SAFETY: ignoring a signal needs no handler; no other thread changes it.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    for fate in [Fate::Abort, Fate::Exit(3), Fate::NullWrite, Fate::StackOverflow, Fate::Kill] {
        die_while_ignored(fate);
    }
    let gate = Gate::new();
    gate.open();
    let doomed = MortalProxy::builder("doomed").start_doomed(gate.path(), Fate::Exit(3)).expect("start");
    assert!(matches!(doomed.wait_until_ready(), Err(StartError::Died { .. })));
    end_while_ignored();
    println!("all deaths noticed");
}

fn die_while_ignored(fate: Fate) {
    let gate = Gate::new();
    let object = started();
    let fatal = object.die(gate.path(), fate);
    let queued: Vec<_> = (0..40).map(|number| object.add(number)).collect();
    gate.wait_until_reached();
    gate.open();
    let error = fatal.wait().expect_err("it died");
    let CallError::Died { death, .. } = &error else { panic!("{error}") };
    assert_eq!(death.exit, Exit::Unknown, "the status is unknown");
    assert_eq!(death.running.map(|(method, _)| method), Some("die"));
    for call in queued {
        assert!(call.wait().expect_err("it died").object_gone());
    }
    object.terminate().expect("it is gone already");
}

/// Checks that a requested end is not reported as a death, although the exit status is unknown.
fn end_while_ignored() {
    let object = started();
    assert_eq!(object.add(1).wait().expect("alive"), 1);
    object.terminate().expect("it ends");
    let error = object.add(1).wait().expect_err("it has ended");
    assert!(matches!(error, CallError::Ended { .. }), "{error}");
}

fn overflow() {
    let gate = Gate::new();
    gate.open();
    let error = started().die(gate.path(), Fate::StackOverflow).wait().expect_err("it died");
    let CallError::Died { death, .. } = &error else { panic!("{error}") };
    println!("{}", death.exit.signal_name().unwrap_or("no signal"));
}

/// Starts this program from an object. It inherits a marker that is meant for the object's process.
fn start() {
    let object = started();
    let program = env::current_exe().expect("this program").to_string_lossy().into_owned();
    let greeting = object.output_of(&program, &["greet".to_owned()]).wait().expect("alive");
    let direct = Command::new(program).arg("greet").output().expect("it runs").stdout;
    assert_eq!(greeting.as_bytes(), direct);
    println!("{}", object.add(42).wait().expect("alive"));
}
