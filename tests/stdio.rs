//! Use of the standard streams by a method affects nothing, because the protocol does not use them.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

/// The variable that marks a test process whose streams another test reads.
const APART: &str = "TALKING_APART";
const MEGABYTE: usize = 1_000_000;
const LINE: [u8; 1000] = {
    let mut line = [b'~'; 1000];
    line[999] = b'\n';
    line
};

pub struct Talker;

#[concurrent_object]
impl Talker {
    pub fn new() -> Self {
        println!("constructed aloud");
        Self
    }

    pub fn print(&self, size: usize) -> usize {
        for _ in 0..size / LINE.len() {
            io::stdout().write_all(&LINE).expect("standard output takes it");
            io::stderr().write_all(&LINE).expect("standard error takes it");
        }
        size
    }

    pub fn read(&self) -> Result<usize, String> {
        io::stdin().read_to_end(&mut Vec::new()).map_err(|error| error.to_string())
    }

    pub fn is_terminal_or_socket(&self) -> String {
        let stdin = std::fs::read_link("/proc/self/fd/0").expect("it is open");
        stdin.to_string_lossy().into_owned()
    }

    pub fn add(&self, a: u32, b: u32) -> u32 {
        a + b
    }

    pub fn close_streams(&self) {
        use std::os::fd::{FromRawFd, OwnedFd};
        #[allow(unsafe_code)]
        for number in 0..3 {
            // SAFETY: nothing else in this process owns the standard streams' descriptors. `std`
            // treats `EBADF` on them as success.
            drop(unsafe { OwnedFd::from_raw_fd(number) });
        }
    }

    pub fn run(&self, command: &str) -> String {
        let output = Command::new("sh").args(["-c", command]).output().expect("a shell");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn start() -> TalkerProxy {
    TalkerProxy::builder("talker").start().expect("starts")
}

/// Runs one test of this file alone in a process, and returns its output.
fn run_apart(test: &str, stdin: Stdio) -> (Vec<u8>, Vec<u8>) {
    let itself = std::env::current_exe().expect("this executable");
    let mut command = Command::new(itself);
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(APART, "1").stdin(stdin);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.stdout, output.stderr)
}

fn is_apart() -> bool {
    std::env::var_os(APART).is_some()
}

#[test]
fn megabytes_on_both_streams_affect_no_call() {
    within(SOON, || {
        if is_apart() {
            let talker = start();
            let printed = talker.print(3 * MEGABYTE);
            assert_eq!(talker.add(1, 2).wait().expect("added"), 3);
            assert_eq!(printed.wait().expect("printed"), 3 * MEGABYTE);
            return;
        }
        let (out, err) = run_apart("megabytes_on_both_streams_affect_no_call", Stdio::null());
        let tildes = |stream: &[u8]| stream.iter().filter(|&&byte| byte == b'~').count();
        assert_eq!((tildes(&out), tildes(&err)), (3 * MEGABYTE / 1000 * 999, 3 * MEGABYTE / 1000 * 999));
        assert!(String::from_utf8_lossy(&out).contains("constructed aloud"));
    });
}

#[test]
fn reading_standard_input_finds_its_end_at_once() {
    within(SOON, || {
        let talker = start();
        assert_eq!(talker.read().wait().expect("it returns"), Ok(0));
        assert_eq!(talker.is_terminal_or_socket().wait().expect("answered"), "/dev/null");
        assert_eq!(talker.run("cat | wc -c").wait().expect("it returns").trim(), "0");
        assert_eq!(talker.add(1, 2).wait().expect("added"), 3);
    });
}

/// The child must not consume the parent's input.
#[test]
fn input_of_the_parent_stays_unread() {
    within(SOON, || {
        if is_apart() {
            let talker = start();
            assert_eq!(talker.read().wait().expect("it returns"), Ok(0));
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).expect("text");
            assert_eq!(text, "for the parent");
            return;
        }
        let (reader, mut writer) = io::pipe().expect("a pipe");
        let feeder = thread::spawn(move || writer.write_all(b"for the parent"));
        run_apart("input_of_the_parent_stays_unread", reader.into());
        feeder.join().expect("alive").expect("written");
    });
}

#[test]
fn an_object_that_closes_its_streams_serves_on() {
    within(SOON, || {
        let talker = start();
        talker.close_streams().wait().expect("closed");
        for n in 0..50 {
            assert_eq!(talker.add(n, 1).wait().expect("added"), n + 1);
        }
        talker.terminate().expect("terminated");
    });
}
