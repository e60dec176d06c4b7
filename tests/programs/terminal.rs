//! A program that takes a pseudo-terminal as its controlling terminal, as under a shell, and has
//! objects. Its arguments are the terminal, the mode, and a gate.
#![allow(unsafe_code)]

use std::fs::OpenOptions;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use concurrent_object_tests::gate;
use concurrent_object_tests::mortal::MortalProxy;

/// The number of SIGINTs so far.
static INTERRUPTS: AtomicUsize = AtomicUsize::new(0);

fn main() {
    concurrent_object::init();
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [terminal, what, gate] = &arguments[..] else { panic!("what is {arguments:?}?") };
    take_terminal(terminal);
    match what.as_str() {
        "work" => work(Path::new(gate)),
        "start" => start(Path::new(gate)),
        "stay" => stay(Path::new(gate)),
        _ => panic!("what is {what}?"),
    }
}

/// Makes a terminal the controlling one: the kernel assigns the first terminal that a session
/// leader opens.
fn take_terminal(path: &str) {
    rustix::process::setsid().expect("a session");
    let terminal = OpenOptions::new().read(true).write(true).open(path).expect("the terminal");
    rustix::stdio::dup2_stdin(terminal.as_fd()).expect("input");
    rustix::stdio::dup2_stdout(terminal.as_fd()).expect("output");
    rustix::stdio::dup2_stderr(terminal.as_fd()).expect("errors");
}

fn count_interrupts() {
    extern "C" fn count(_signal: libc::c_int) {
        INTERRUPTS.fetch_add(1, Ordering::SeqCst);
    }
    let handler = count as *const () as libc::sighandler_t;
    // SAFETY: the handler only adds to an atomic number, which is safe in any context.
    let before = unsafe { libc::signal(libc::SIGINT, handler) };
    assert_ne!(before, libc::SIG_ERR);
}

/// Has objects that are busy, idle and starting when Ctrl-C is pressed, and lets them finish.
fn work(gate: &Path) {
    count_interrupts();
    let [busy, idle, starting] = ["busy", "idle", "starting"].map(MortalProxy::builder);
    let (busy, idle) = (busy.start().expect("start"), idle.start().expect("start"));
    let calls = [busy.add_after(gate, 40), busy.add(1), busy.add(1)];
    assert_eq!(idle.add(1).wait().expect("alive"), 1);
    while !gate.join("reached").exists() {
        thread::yield_now();
    }
    std::fs::remove_file(gate.join("reached")).expect("the mark");
    let starting = starting.start_late(gate).expect("start");
    while !gate.join("reached").exists() {
        thread::yield_now();
    }
    println!("ready");
    while INTERRUPTS.load(Ordering::SeqCst) == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    println!("interrupted");
    std::fs::write(gate.join("open"), "").expect("the gate opens");
    let sums = calls.map(|call| call.wait().expect("it finishes"));
    let others = (idle.add(1).wait().expect("alive"), starting.add(1).wait().expect("it became ready"));
    println!("finished: {sums:?} {others:?}");
}

/// Starts objects one after the other, until Ctrl-C was pressed often enough.
fn start(gate: &Path) {
    count_interrupts();
    println!("ready");
    let mut started = 0;
    while INTERRUPTS.load(Ordering::SeqCst) < 100 || started < 100 {
        let object = MortalProxy::builder("child").start().expect("start");
        assert_eq!(object.add(42).wait().expect("it became ready"), 42);
        started += 1;
    }
    gate::reach(gate);
    println!("finished");
}

/// Sets the default action for these signals, even if the caller of the test ignored them (`nohup`,
/// a background job).
fn die_of_signals() {
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        // SAFETY: the default action is no handler, so no code of this program runs in it.
        let before = unsafe { libc::signal(signal, libc::SIG_DFL) };
        assert_ne!(before, libc::SIG_ERR);
    }
}

/// Installs no handlers, and dies of a signal.
fn stay(gate: &Path) {
    die_of_signals();
    let object = MortalProxy::builder("child").start().expect("start");
    object.push_spin(gate).expect("push");
    let _idle = MortalProxy::builder("idle").start().expect("start");
    println!("ready");
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
