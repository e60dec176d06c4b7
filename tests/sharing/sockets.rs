//! The control socket through which files are sent: full, and closed.
#![allow(unsafe_code)]

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use concurrent_object::{CallError, RestartPolicy, Shared, concurrent_object};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::gate::{self, Gate};
use concurrent_object_tests::processes::{is_asleep, own_thread_id};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

struct Printer;

#[concurrent_object]
impl Printer {
    pub fn new() -> Self {
        Self
    }

    pub fn print(&self, pages: u64, gate: &Path) -> Vec<Shared<[u64]>> {
        let pages = (0..pages).map(|page| Shared::new(&[page; 600]).expect("room for a page")).collect();
        gate::reach(gate);
        pages
    }

    /// Returns many small shared lists, quickly.
    pub fn cut(&self, sheets: usize) -> Vec<Shared<[u8]>> {
        (0..sheets).map(|sheet| Shared::new(&[sheet as u8; 100]).expect("room for a sheet")).collect()
    }

    pub fn bound(pages: Vec<Shared<[u64]>>) -> Self {
        assert!(pages.iter().zip(0..).all(|(page, number)| page[599] == number));
        Self
    }

    pub fn weigh(&self, pages: &[Shared<[u64]>]) -> u64 {
        pages.iter().map(|page| page.iter().sum::<u64>()).sum()
    }

    pub fn die(&self) {
        std::process::abort();
    }

    pub fn echo(&self, value: u64) -> u64 {
        value
    }

    /// Closes all descriptors, as a library does that turns its process into a daemon.
    pub fn close_everything(&self, gate: &Path) {
        gate::pass(gate);
        // SAFETY: nothing here uses these descriptors any more. Other users get an error.
        assert_eq!(unsafe { libc::close_range(3, u32::MAX, 0) }, 0);
    }
}

fn started() -> PrinterProxy {
    let printer = PrinterProxy::builder("printer").slots(2).start().expect("a child starts");
    printer.wait_until_ready().expect("ready");
    printer
}

#[test]
fn files_beyond_the_socket_buffer_arrive_at_the_next_operation() {
    for waits in [true, false] {
        within(SOON, move || {
            let printer = started();
            let pid = printer.handle().pid();
            let gate = Gate::new();
            printer.push_print(400, gate.path()).expect("a slot is free");
            gate.wait_until_reached();
            wait_for("the child waits for room", || is_asleep(pid, pid));
            let pages = loop {
                match if waits { printer.wait_pull() } else { printer.pull() } {
                    Ok(None) if !waits => thread::yield_now(),
                    Ok(Some(PrinterOutput::Print(pages))) => break pages,
                    other => panic!("no pages: {:?}", other.map(drop)),
                }
            };
            assert_eq!(pages.len(), 400);
            assert!(pages.iter().zip(0..).all(|(page, number)| page.len() == 600 && page[599] == number));
            assert_eq!(printer.echo(1).wait().expect("a result"), 1);
        });
    }
}

/// Raises the limit of descriptors to its maximum, and returns it.
fn raise_descriptor_limit() -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).expect("a limit may be raised this far");
    maximum.map_or(usize::MAX, |maximum| usize::try_from(maximum).expect("64 bits"))
}

/// The child refills the socket while the parent empties it. So the socket is full many times
/// within one poll of the parent.
fn cut(slots: usize, sheets: usize) {
    // Each list needs a descriptor, in the child and here.
    let sheets = sheets.min(raise_descriptor_limit() / 2);
    within(SOON, move || {
        let printer = PrinterProxy::builder("printer").slots(slots).start().expect("a child starts");
        let cut = printer.cut(sheets).wait().expect("a result");
        assert_eq!(cut.len(), sheets);
        assert!(cut.iter().zip(0..).all(|(sheet, number)| sheet[..] == [number as u8; 100]));
        assert_eq!(printer.echo(1).wait().expect("a result"), 1);
    });
}

#[test]
fn many_times_the_socket_buffer_is_answered_with_one_slot() {
    for _ in 0..60 {
        cut(1, 1500);
    }
}

#[test]
fn many_times_the_socket_buffer_is_answered_with_many_slots() {
    for _ in 0..6 {
        cut(16, 9000);
    }
}

fn pages(first: u64, count: u64) -> Vec<Shared<[u64]>> {
    (first..first + count).map(|page| Shared::new(&[page; 600]).expect("room for a page")).collect()
}

#[test]
fn a_constructor_takes_more_files_than_the_socket_buffer_holds() {
    within(SOON, || {
        let printer = PrinterProxy::builder("printer").start_bound(pages(0, 700)).expect("starts");
        assert_eq!(printer.echo(1).wait().expect("it was constructed"), 1);
    });
}

#[test]
fn the_next_instance_serves_calls_with_more_files_than_the_socket_buffer_holds() {
    within(SOON, || {
        let printer =
            PrinterProxy::builder("printer").slots(12).restart(RestartPolicy::on_death()).start().expect("starts");
        printer.wait_until_ready().expect("ready");
        let died = printer.die();
        let calls: Vec<_> = (0..10).map(|call| printer.weigh(&pages(100 * call, 60))).collect();
        assert!(died.wait().is_err());
        for (call, weight) in (0..).zip(calls) {
            let expected = (100 * call..100 * call + 60).map(|page| 600 * page).sum::<u64>();
            assert_eq!(weight.wait().expect("served by the next process"), expected);
        }
    });
}

#[test]
fn an_object_that_closes_its_control_socket_dies_and_no_thread_hangs() {
    for sleeps in [true, false] {
        within(SOON, move || {
            let printer = started();
            let pid = printer.handle().pid();
            let gate = Gate::new();
            let closing = printer.close_everything(gate.path());
            gate.wait_until_reached();
            if sleeps {
                // The parent sleeps when the child closes its socket.
                thread::scope(|scope| {
                    let (sender, receiver) = mpsc::channel();
                    let waiter = scope.spawn(move || {
                        sender.send(own_thread_id()).expect("the receiver exists");
                        closing.wait()
                    });
                    let thread = receiver.recv().expect("its number");
                    wait_for("the waiter sleeps", || is_asleep(std::process::id(), thread));
                    gate.open();
                    waiter.join().expect("no panic").expect("it was done, and answered");
                });
            } else {
                gate.open();
            }
            wait_for("the child ends", || !is_running(pid));
            let error = printer.echo(1).wait().expect_err("the child is dead");
            let CallError::Died { death, .. } = &error else { panic!("{error:?}") };
            assert_eq!(death.exit.signal_name(), Some("SIGABRT"), "{error}");
        });
    }
}
