//! Reports of a death: to the caller, to the trace subscriber, and to the builder's hook.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "death_reports/causes.rs"]
mod causes;
#[path = "captured_output/collector.rs"]
mod collector;
#[path = "death_reports/using.rs"]
mod using;

use std::process::Command;
use std::sync::{Arc, Mutex};

use collector::{HOLD, collect, lines_of, release};
use concurrent_object::{CallError, ChildStdio, Death, OnPanic, StartError, State, concurrent_object};
use concurrent_object_tests::census::is_running;
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::{Fate, send};
use concurrent_object_tests::home::{self, process_of};
use concurrent_object_tests::processes::Stray;

concurrent_object::init_before_main!();

pub struct Talker;

#[concurrent_object]
impl Talker {
    pub fn new() -> Self {
        Self
    }

    pub fn slow() -> Self {
        loop {
            std::thread::park();
        }
    }

    pub fn refuse(reason: &str) -> Result<Self, String> {
        Err(reason.to_owned())
    }

    pub fn explode(text: &str) -> Self {
        panic!("{text}")
    }

    pub fn doomed(text: &str, fate: Fate) -> Self {
        eprint!("{text}");
        fate.meet()
    }

    /// Prints this text, then dies.
    pub fn die(&self, text: &str, fate: Fate) {
        eprint!("{text}");
        fate.meet();
    }

    /// Allocates so many megabytes once, then dies.
    pub fn die_large(&self, megabytes: usize, fate: Fate) {
        drop(std::hint::black_box(vec![7_u8; megabytes << 20]));
        fate.meet();
    }

    pub fn hang(&self) {
        eprintln!("it hangs");
        loop {
            std::thread::park();
        }
    }

    pub fn say(&self, text: &str) {
        eprint!("{text}");
    }

    pub fn panic(&self, text: &str) {
        panic!("{text}");
    }

    /// Aborts after a panic, as with `panic = "abort"`: the panic hooks run, and then nothing more.
    pub fn panic_and_abort(&self, text: &str) {
        struct Abort;
        impl Drop for Abort {
            fn drop(&mut self) {
                std::process::abort();
            }
        }
        let _abort = Abort;
        panic!("{text}");
    }

    /// Starts a process that inherits the standard streams, and does not wait for it.
    pub fn leave_behind(&self, seconds: u32) -> u32 {
        Command::new("sleep").arg(seconds.to_string()).spawn().expect("a program").id()
    }
}

fn captured(name: &str) -> TalkerProxyBuilder {
    collect();
    // A backtrace would displace earlier output from the tail.
    home::without_backtraces(TalkerProxy::builder(name).stderr(ChildStdio::Lines))
}

fn death_of(error: &CallError) -> &Death {
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    let CallError::Died { death, .. } = error else { panic!("not a death: {error}") };
    assert_eq!(death.to_string().lines().count(), 1, "{death}");
    death
}

/// The deaths that were reported to a hook.
#[derive(Clone, Default)]
struct ReportedDeaths(Arc<Mutex<Vec<Death>>>);

impl ReportedDeaths {
    fn hook(&self) -> impl Fn(&Death) + Send + Sync + 'static {
        let reported = self.clone();
        move |death| reported.0.lock().expect("no panic").push(death.clone())
    }

    fn deaths(&self) -> Vec<Death> {
        self.0.lock().expect("no panic").clone()
    }

    fn wait(&self, count: usize) -> Vec<Death> {
        wait_for("the hook is called", || self.deaths().len() == count);
        self.deaths()
    }
}

#[test]
fn last_output_is_in_the_report_of_every_kind_of_death() {
    within(SOON, || {
        let text = format!("{}the last words\nof several lines", "some noise\n".repeat(5000));
        for fate in [Fate::Exit(3), Fate::Abort, Fate::NullWrite, Fate::Kill] {
            let talker = captured("last").start().expect("starts");
            let error = talker.die(&text, fate).wait().expect_err("it dies");
            let death = death_of(&error);
            assert!(death.stderr_tail.ends_with("noise\nthe last words\nof several lines"), "{}", death.stderr_tail);
            assert!(death.stderr_tail.starts_with("some noise\n"), "it begins with a line");
            assert!((4000..=4096).contains(&death.stderr_tail.len()), "{}", death.stderr_tail.len());
            assert!(format!("{death:?}").contains("the last words"));
        }
    });
}

/// The reader thread is blocked in the subscriber, so only the thread that notices the death can
/// read the output.
#[test]
fn last_output_is_in_the_report_even_if_it_was_not_read_yet() {
    within(SOON, || {
        let (holder, talker) = (captured("holder").start().expect("starts"), captured("held").start().expect("starts"));
        holder.say(&format!("{HOLD}\n")).wait().expect("said");
        wait_for("the reader is held", || !lines_of("holder").is_empty());

        // This process holds the pipe open, so the reader sees no end of it.
        let stray = Stray(talker.leave_behind(600).wait().expect("left"));
        let error = talker.die("one line\nand one more", Fate::Abort).wait().expect_err("it dies");

        assert_eq!(death_of(&error).stderr_tail, "one line\nand one more");
        let lines = lines_of("held");
        assert_eq!(lines.len(), 3, "both lines and the death: {lines:?}");
        holder.terminate().expect("a subscriber that is stuck does not keep an object from ending");
        release();
        assert!(!is_running(process_of(&holder.handle())) && is_running(stray.0));
    });
}

#[test]
fn a_panic_that_aborts_is_in_the_report_with_what_it_printed() {
    within(SOON, || {
        let talker = captured("aborter").start().expect("starts");
        let error = talker.panic_and_abort("enough of this").wait().expect_err("it dies");
        let death = death_of(&error);
        assert_eq!(death.exit.signal_name(), Some("SIGABRT"));
        assert!(death.stderr_tail.contains("enough of this"), "{}", death.stderr_tail);
        assert_eq!(death.last_panic.as_ref().map(|panic| &*panic.message), Some("enough of this"));
    });
}

#[test]
fn output_that_is_not_captured_is_not_kept() {
    within(SOON, || {
        let talker = TalkerProxy::builder("silent").stderr(ChildStdio::Null).start().expect("starts");
        let error = talker.die("not captured", Fate::Exit(3)).wait().expect_err("it dies");
        assert_eq!(death_of(&error).stderr_tail, "");
    });
}

#[test]
fn the_event_of_a_death_has_all_fields() {
    within(SOON, || {
        let talker = captured("traced").start().expect("starts");
        talker.say("a line of its own\n").wait().expect("said");
        let error = talker.panic_and_abort("beyond repair").wait().expect_err("it dies");
        drop(error);
        let lines = lines_of("traced");
        let at = lines.iter().position(|line| line.contains("object died")).expect("an event");
        let pid = process_of(&talker.handle());
        for part in
            ["ERROR", "method=\"panic_and_abort\"", "call=2", "SIGABRT", &format!("pid={pid}"), "panic=beyond repair"]
        {
            assert!(lines[at].contains(part), "no {part} in {}", lines[at]);
        }
        assert!(lines[at].contains("stderr_tail=\"a line of its own\\n"), "{}", lines[at]);
        let own = lines.iter().position(|line| line.contains(": a line of its own")).expect("its line");
        assert!(own < at, "what was printed stands before the end: {lines:?}");
    });
}

#[test]
fn the_hook_is_called_once_for_each_death() {
    within(SOON, || {
        let reported = ReportedDeaths::default();
        let builder = captured("hooked").on_death(reported.hook());
        for count in 1..4 {
            let talker = builder.clone().start().expect("starts");
            let error = talker.die("going", Fate::Exit(3)).wait().expect_err("it dies");
            assert_eq!(reported.wait(count)[count - 1], *death_of(&error));
            assert!(talker.die("again", Fate::Abort).wait().is_err());
            assert!(talker.wait_until_ready().is_err());
            assert_eq!(talker.status().state, State::Ended);
            talker.terminate().expect("it is gone");
            drop(talker);
            assert_eq!(reported.deaths().len(), count);
        }
        let idle = builder.start().expect("starts");
        idle.wait_until_ready().expect("ready");
        send(process_of(&idle.handle()), libc::SIGKILL);
        wait_for("its death shows", || idle.status().state == State::Ended);
        assert_eq!(reported.wait(4)[3].exit.signal_name(), Some("SIGKILL"));
    });
}

#[test]
fn the_hook_is_not_called_for_a_requested_end() {
    within(SOON, || {
        let reported = ReportedDeaths::default();
        let builder = captured("asked").on_death(reported.hook());
        let start = || builder.clone().start().expect("starts");
        start().terminate().expect("terminated");
        start().close().expect("closed");
        start().kill().expect("killed");
        drop(start());
        let refused = builder.clone().start_refuse("not today").expect("starts");
        assert!(matches!(refused.wait_until_ready(), Err(StartError::Constructor { .. })));
        assert_eq!(reported.deaths(), []);
        let panicked = builder.clone().start_explode("not ever").expect("starts");
        assert!(matches!(panicked.wait_until_ready(), Err(StartError::ConstructorPanicked { .. })));
        let deaths = reported.wait(1);
        assert_eq!(deaths[0].last_panic.as_ref().map(|panic| &*panic.message), Some("not ever"));
    });
}

#[test]
fn a_panic_in_a_hook_is_traced_and_affects_no_object() {
    within(SOON, || {
        let talker = captured("clumsy").on_death(|_| panic!("the hook fell over")).start().expect("starts");
        let error = talker.die("going", Fate::Exit(3)).wait().expect_err("it dies");
        assert_eq!(death_of(&error).stderr_tail, "going");
        assert_eq!(talker.status().state, State::Ended);
        talker.terminate().expect("it is gone");
        let is_reported = |line: &String| line.contains("ERROR") && line.contains("the hook fell over");
        wait_for("it is traced", || lines_of("clumsy").iter().any(is_reported));
    });
}

/// The backtrace is read without the object's lock. Otherwise the thread would wait for itself.
#[test]
fn the_backtrace_of_the_last_panic_is_reported_if_the_environment_enables_it() {
    within(SOON, || {
        for (asked, expected) in [("1", true), ("0", false)] {
            let builder = captured("tracer").env("RUST_BACKTRACE", asked).env("RUST_LIB_BACKTRACE", asked);
            let talker = builder.on_panic(OnPanic::Terminate).start().expect("starts");
            assert!(talker.panic("where am I").wait().is_err());
            let error = talker.say("").wait().expect_err("it has ended");
            let death = death_of(&error);
            assert_eq!(death.last_panic.as_ref().map(|panic| &*panic.message), Some("where am I"));
            let backtrace = death.backtrace.as_deref().unwrap_or_default();
            assert_eq!(backtrace.contains("Talker::panic"), expected, "{backtrace}");
            assert_eq!(death.backtrace.is_some(), expected);
            assert!(backtrace.len() <= 8192);
        }
    });
}

#[test]
fn a_process_left_behind_with_the_streams_does_not_delay_the_report() {
    within(SOON, || {
        let talker = captured("forsaker").start().expect("starts");
        let stray = Stray(talker.leave_behind(600).wait().expect("left"));
        let error = talker.die("I leave a child", Fate::Abort).wait().expect_err("it dies");
        assert_eq!(death_of(&error).stderr_tail, "I leave a child");
        assert!(is_running(stray.0), "it was there all the time");
    });
}
