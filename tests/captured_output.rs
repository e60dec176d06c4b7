//! A child's output goes where its builder directs it, arrives complete, and delays nothing.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "captured_output/collector.rs"]
mod collector;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use collector::{collect, lines_of};
use concurrent_object::{ChildStdio, StartError, State, concurrent_object};
use concurrent_object_tests::census::{entries, is_running};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::processes::{Stray, is_asleep};

concurrent_object::init_before_main!();

pub struct Printer;

#[concurrent_object]
impl Printer {
    pub fn new() -> Self {
        Self
    }

    pub fn print(&self, stdout: &[u8], stderr: &[u8]) {
        let (mut out, mut err) = (io::stdout(), io::stderr());
        out.write_all(stdout).and_then(|()| out.flush()).expect("standard output takes it");
        err.write_all(stderr).expect("standard error takes it");
    }

    pub fn count(&self, lines: usize) {
        (0..lines).for_each(|number| println!("line {number}"));
    }

    pub fn stream(&self, number: u32) -> String {
        let target = fs::read_link(format!("/proc/self/fd/{number}")).expect("it is open");
        target.to_string_lossy().into_owned()
    }

    /// Returns the number of descriptors of this process that are pipes, without its standard
    /// streams.
    pub fn other_pipes(&self) -> usize {
        let kinds = concurrent_object_tests::processes::descriptors(std::process::id());
        kinds.iter().filter(|(kind, _)| kind == "pipe").count()
    }

    pub fn close_streams(&self) {
        use std::os::fd::{FromRawFd, OwnedFd};
        #[allow(unsafe_code)]
        for number in 1..3 {
            // SAFETY: nothing else in this process owns the standard streams' descriptors. `std`
            // treats `EBADF` on them as success.
            drop(unsafe { OwnedFd::from_raw_fd(number) });
        }
    }

    /// Starts a process that inherits the standard streams, and does not wait for it.
    pub fn leave_behind(&self, seconds: u32) -> u32 {
        Command::new("sleep").arg(seconds.to_string()).spawn().expect("a program").id()
    }
}

fn captured(name: &str) -> PrinterProxy {
    collect();
    PrinterProxy::builder(name).stdout(ChildStdio::Lines).stderr(ChildStdio::Lines).start().expect("starts")
}

/// Returns the id of the one thread that reads captured output.
fn reader() -> u32 {
    let name = |thread: &String| fs::read_to_string(format!("/proc/self/task/{thread}/comm")).unwrap_or_default();
    let threads = entries("/proc/self/task");
    let readers: Vec<_> = threads.iter().filter(|thread| name(thread).trim() == "object-output").collect();
    assert_eq!(readers.len(), 1, "one for all");
    readers[0].parse().expect("a number")
}

#[test]
fn each_stream_goes_where_its_option_directs_it() {
    within(SOON, || {
        let folder = tempfile::tempdir().expect("a folder");
        let (out, err) = (folder.path().join("out"), folder.path().join("err"));
        fs::write(&err, "there before\n").expect("written");
        let builder = PrinterProxy::builder("filer").stdout(ChildStdio::File(out.clone()));
        for _ in 0..2 {
            let printer = builder.clone().stderr(ChildStdio::File(err.clone())).start().expect("starts");
            printer.print(b"to the one\n", b"to the other\n").wait().expect("printed");
        }
        assert_eq!(fs::read_to_string(&out).expect("text"), "to the one\nto the one\n");
        assert_eq!(fs::read_to_string(&err).expect("text"), "there before\nto the other\nto the other\n");

        let printer = builder.stdout(ChildStdio::Null).start().expect("starts");
        assert_eq!(printer.stream(1).wait().expect("answered"), "/dev/null");
        let own = fs::read_link("/proc/self/fd/2").expect("it is open").to_string_lossy().into_owned();
        assert_eq!(printer.stream(2).wait().expect("answered"), own, "inherited");
    });
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    within(SOON, || {
        let nowhere = Path::new("/nowhere/at/all.log");
        let file = || ChildStdio::File(nowhere.to_owned());
        let printer = || PrinterProxy::builder("nowhere");
        for (option, builder) in [("stdout", printer().stdout(file())), ("stderr", printer().stderr(file()))] {
            let error = builder.start().expect_err("there is no such folder");
            let message = error.to_string();
            assert!(matches!(&error, StartError::OutputFile { path, .. } if path == nowhere), "{error:?}");
            assert!(message.contains(option) && message.contains("/nowhere/at/all.log"), "{message}");
            assert_eq!(message.lines().count(), 1);
            assert!(std::error::Error::source(&error).is_some());
        }
    });
}

#[test]
fn lines_arrive_with_name_process_and_stream() {
    within(SOON, || {
        let printer = captured("liner");
        printer.print(b"first\n\nsecond\nbegun", b"bad \xff byte\n").wait().expect("printed");
        wait_for("whole lines arrive while it lives", || lines_of("liner").len() == 3);
        let pid = printer.handle().pid();
        printer.terminate().expect("terminated");

        let lines = lines_of("liner");
        let expected = |level: &str, text: &str, stream: &str| {
            let line =
                format!("{level} concurrent_object::output: {text} name=\"liner\" pid={pid} stream=\"{stream}\"");
            assert!(lines.iter().any(|message| message.trim() == line), "no {line:?} in {lines:?}");
        };
        for text in ["first", "second", "begun"] {
            expected("INFO", text, "stdout");
        }
        expected("WARN", "bad \u{fffd} byte", "stderr");
        assert_eq!(lines.len(), 4, "an empty line is none: {lines:?}");
        assert!(lines[3].contains("begun"), "a line without an end is reported at the end");
    });
}

#[test]
fn all_output_is_reported_in_order_before_terminate_returns() {
    within(SOON, || {
        for round in 0..5 {
            let name = format!("counter-{round}");
            let printer = captured(&name);
            printer.push_count(1000).expect("pushed");
            printer.close().expect("closed");
            let lines = lines_of(&name);
            assert_eq!(lines.len(), 1000);
            for (number, line) in lines.iter().enumerate() {
                assert!(line.contains(&format!(": line {number} name=")), "{line} is not number {number}");
            }
        }
    });
}

#[test]
fn the_pipes_are_the_childs_standard_streams_and_nothing_else() {
    within(SOON, || {
        // The process that runs this test may have left it a pipe.
        let plain = PrinterProxy::builder("plain").start().expect("starts");
        let (printer, other) = (captured("piped"), captured("piped too"));
        for printer in [&printer, &other] {
            assert!(printer.stream(1).wait().expect("answered").starts_with("pipe:"));
            assert!(printer.stream(2).wait().expect("answered").starts_with("pipe:"));
            assert_eq!(printer.other_pipes().wait().expect("answered"), plain.other_pipes().wait().expect("answered"));
        }
    });
}

#[test]
fn an_object_that_closes_its_streams_serves_on() {
    within(SOON, || {
        let printer = captured("closer");
        printer.print(b"before\n", b"").wait().expect("printed");
        printer.close_streams().wait().expect("closed");
        wait_for("its lines are reported", || !lines_of("closer").is_empty());
        printer.print(b"", b"").wait().expect("it serves");
        let is_asleep = || is_asleep(std::process::id(), reader());
        wait_for("the reader sleeps, and not just for a moment", || {
            (0..50).all(|_| {
                thread::sleep(Duration::from_millis(1));
                is_asleep()
            })
        });
        printer.terminate().expect("terminated");
    });
}

/// The process left behind holds the pipes open for longer than any limit of this test.
#[test]
fn a_process_left_behind_with_the_streams_does_not_delay_the_end() {
    within(SOON, || {
        let printer = captured("leaver");
        let stray = Stray(printer.leave_behind(600).wait().expect("left"));
        printer.print(b"at last", b"").wait().expect("printed");

        printer.terminate().expect("terminated");

        assert_eq!(printer.status().state, State::Ended);
        assert!(lines_of("leaver").iter().any(|line| line.contains("at last")));
        assert!(is_running(stray.0), "it was there all the time");
    });
}
