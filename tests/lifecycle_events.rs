//! The lifecycle events of an object: in order, each with its process id, and under targets of the
//! library.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "captured_output/collector.rs"]
mod collector;

use std::time::Duration;

use collector::{collect, lines_of};
use concurrent_object::{CallError, ChildStdio, FlatError, RestartPolicy, StartError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};

concurrent_object::init_before_main!();

pub struct Mortal;

#[concurrent_object]
impl Mortal {
    pub fn new() -> Self {
        Self
    }

    pub fn die(&self) {
        std::process::abort();
    }

    /// Prints this text, then dies with it as the panic message.
    pub fn fall_silent(&self, text: &str) {
        print!("{text}\n{text}");
        eprint!("{text}\n{text}");
        // On a new thread, where the backtrace is too short to displace the text from the tail.
        std::thread::scope(|scope| drop(scope.spawn(|| panic_and_abort(text))));
    }

    pub fn panic(&self, text: &str) {
        panic!("{text}");
    }

    #[concurrent_object(error = "text")]
    pub fn refuse(&self, text: &str) -> Result<(), std::io::Error> {
        Err(std::io::Error::other(text.to_owned()))
    }

    pub fn unreadable(&self, text: &str) -> Unwritable {
        Unwritable(text.to_owned())
    }

    pub fn refused(text: &str) -> Result<Self, String> {
        Err(text.to_owned())
    }
}

/// A value whose `Serialize` fails with this text.
#[derive(Debug, Deserialize)]
pub struct Unwritable(pub String);

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom(&self.0))
    }
}

fn panic_and_abort(text: &str) {
    struct Abort;
    impl Drop for Abort {
        fn drop(&mut self) {
            std::process::abort();
        }
    }
    let _abort = Abort;
    panic!("{text}");
}

/// Text that clears a terminal, and looks like another line of a log.
const FORGED: &str = "\x1b[2J\u{9b}31m harmless\r\n2026-01-01 ERROR forged\x07";

/// Checks that a terminal shows this as one line and executes nothing in it.
#[track_caller]
fn assert_printable(text: &str) {
    let bad = text.chars().find(|c| c.is_control());
    assert_eq!(bad, None, "in {text:?}");
}

/// An event: the text up to its fields, and its process id.
#[derive(Debug, PartialEq, Eq)]
struct LoggedEvent {
    what: &'static str,
    pid: u32,
    incarnation: u64,
}

impl LoggedEvent {
    fn of(line: &str) -> Self {
        let kinds = ["object died", "object will be restarted", "object restarted"];
        let what = kinds.into_iter().find(|kind| line.contains(&format!("concurrent_object::life: {kind}")));
        let number = |field: &str| {
            let (_, rest) = line.split_once(&format!(" {field}=")).unwrap_or_else(|| panic!("no {field} in {line}"));
            rest.split([' ', '\n']).next().expect("a word").parse::<u64>().expect("a number")
        };
        let what = what.unwrap_or_else(|| panic!("another event: {line}"));
        Self { what, pid: u32::try_from(number("pid")).expect("a pid"), incarnation: number("incarnation") }
    }
}

#[test]
fn fast_restarts_are_logged_in_order_each_with_its_own_process() {
    const DEATHS: u64 = 150;
    within(2 * SOON, || {
        collect();
        let policy = RestartPolicy::on_death().max(u32::MAX).backoff(Duration::ZERO..Duration::ZERO);
        let mortal = MortalProxy::builder("mortal").restart(policy).start().expect("starts");
        let pids = (0..DEATHS).map(|_| match mortal.die().wait() {
            Err(CallError::Died { death, .. }) => death.pid,
            other => panic!("it dies: {other:?}"),
        });
        let mut pids: Vec<_> = pids.collect();
        mortal.wait_until_ready().expect("ready again");
        pids.push(mortal.handle().pid());
        wait_for("all is logged", || lines_of("mortal").len() as u64 == 3 * DEATHS);

        let expected = (1..=DEATHS).zip(pids.windows(2)).flat_map(|(incarnation, pids)| {
            let event = |what, pid, incarnation| LoggedEvent { what, pid, incarnation };
            let next = event("object restarted", pids[1], incarnation + 1);
            [event("object died", pids[0], incarnation), event("object will be restarted", pids[0], incarnation), next]
        });
        let logged = lines_of("mortal");
        for (number, (line, expected)) in logged.iter().zip(expected).enumerate() {
            assert_eq!(LoggedEvent::of(line), expected, "event {number}");
        }
        mortal.terminate().expect("terminated");
    });
}

#[test]
fn text_from_a_child_is_logged_without_control_characters() {
    within(SOON, || {
        collect();
        let builder = MortalProxy::builder("forger").stdout(ChildStdio::Lines).stderr(ChildStdio::Lines);
        let mortal = builder.env("RUST_BACKTRACE", "1").env("RUST_LIB_BACKTRACE", "1").start().expect("starts");
        let error = mortal.fall_silent(FORGED).wait().expect_err("it dies");
        let CallError::Died { death, .. } = &error else { panic!("it dies: {error}") };
        assert!(death.stderr_tail.contains(FORGED), "as it was printed: {:?}", death.stderr_tail);
        assert_eq!(death.last_panic.as_ref().map(|panic| &*panic.message), Some(FORGED));
        assert_printable(&death.to_string());
        let lines = lines_of("forger");
        assert!(lines.iter().any(|line| line.contains(r"\u{1b}[2J\u{9b}31m harmless")), "{lines:?}");
        lines.iter().for_each(|line| assert_printable(line.trim_end_matches('\n')));
    });
}

#[test]
fn errors_print_text_from_a_child_in_one_printable_line() {
    within(SOON, || {
        let mortal = MortalProxy::builder("forger of errors").start().expect("starts");
        let panicked = mortal.panic(FORGED).wait().expect_err("it panics");
        let CallError::Panicked { panic, .. } = &panicked else { panic!("it panics: {panicked}") };
        assert_eq!(panic.message, FORGED, "the field has it as it is");
        assert_printable(&panicked.to_string());
        assert_printable(&mortal.unreadable(FORGED).wait().expect_err("it cannot be written").to_string());
        let Err(FlatError::Method(refused)) = mortal.refuse(FORGED).wait_flat() else { panic!("it refuses") };
        assert_eq!(refused.message(), FORGED);
        refused.to_string().lines().for_each(assert_printable);
        let unborn = MortalProxy::builder("unborn").start_refused(FORGED).expect("starts");
        let error = unborn.wait_until_ready().expect_err("it refuses");
        assert!(matches!(&error, StartError::Constructor { message, .. } if message == FORGED), "{error:?}");
        assert_printable(&error.to_string());
    });
}
