//! How programs and test binaries become able to start objects, and what happens if they do not.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::env;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::{SOON, within};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

concurrent_object::init_before_main!();

/// The variable with the file in which the test that runs in a separate process records each run.
const NOTES: &str = "NOTE_EACH_RUN_IN";

pub struct Counter {
    total: u64,
}

#[concurrent_object]
impl Counter {
    pub fn new(total: u64) -> Self {
        Self { total }
    }

    pub fn add(&mut self, amount: u64) -> u64 {
        self.total += amount;
        self.total
    }

    pub fn pid(&self) -> u32 {
        std::process::id()
    }

    pub fn arguments(&self) -> Vec<String> {
        env::args().collect()
    }

    /// Runs this executable once more, with these arguments.
    pub fn run_again(&self, arguments: Vec<String>) -> (bool, String) {
        let output = Command::new("/proc/self/exe").args(arguments).output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn run(command: &mut Command) -> Output {
    command.output().expect("it runs")
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(ToOwned::to_owned).collect()
}

#[test]
fn start_without_init_names_the_missing_call_and_spawns_no_process() {
    within(SOON, || {
        let output = run(&mut Command::new(env!("CARGO_BIN_EXE_without_init")));
        let lines = lines(&output);
        assert!(output.status.success(), "{output:?}");
        let refusal = lines.get(1).expect("a refusal");
        for part in ["refused: ", "concurrent_object::init()", "main", "init_before_main!"] {
            assert!(refusal.contains(part), "{part:?} is missing: {lines:?}");
        }
        // The program makes its last attempt with no free descriptor, without which no process can
        // be spawned. So this shows that nothing was tried.
        let elsewhere = lines.get(4).expect("a panic");
        for part in ["elsewhere: ", "concurrent_object::init()", "main thread", "init_before_main!"] {
            assert!(elsewhere.contains(part), "{part:?} is missing: {lines:?}");
        }
        assert_eq!(lines, ["main runs", refusal, refusal, "children: []", elsewhere, refusal]);
    });
}

/// The linker would be executed as the child, with the program as its first argument.
#[test]
fn program_started_through_the_dynamic_linker_gets_an_error_that_names_the_remedy() {
    let linkers = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-riscv64-lp64d.so.1"];
    let linker = linkers.into_iter().find(|path| Path::new(path).exists()).expect("the linker of glibc");
    within(SOON, move || {
        let output = run(Command::new(linker).arg(env!("CARGO_BIN_EXE_resource_exhaustion")).arg("child"));
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && printed.contains("not as an argument of the dynamic linker"), "{output:?}");
    });
}

#[test]
fn a_program_on_tokio_that_calls_init_first_works() {
    within(SOON, || {
        let output = run(&mut Command::new(env!("CARGO_BIN_EXE_tokio_main")));
        assert!(output.status.success(), "{output:?}");
        // The child has two threads: the main thread, and the one that watches the parent. It has
        // no runtime.
        let expected = ["main runs", "total: 42", "largest: 62", "panicked: true", "threads: 2"];
        assert_eq!(lines(&output), expected);
    });
}

/// The tests below run this one in separate processes. It also runs as an ordinary test.
#[test]
fn body_that_records_each_run() {
    if let Some(notes) = env::var_os(NOTES) {
        let mut notes = OpenOptions::new().append(true).create(true).open(notes).expect("a file for notes");
        writeln!(notes, "{}", std::process::id()).expect("noted");
    }
    within(SOON, || {
        let counters: Vec<_> = (0..3).map(|n| CounterProxy::builder("counter").start(n).expect("starts")).collect();
        for (n, counter) in (0..).zip(&counters) {
            assert_eq!(counter.add(1).wait().expect("added"), n + 1);
            assert_ne!(counter.pid().wait().expect("answered"), std::process::id());
        }
    });
}

/// Runs this test binary once more, and returns how often the body above ran in it.
fn count_runs(arguments: &[&str]) -> usize {
    let directory = tempfile::tempdir().expect("a directory");
    let notes = directory.path().join("notes");
    let mut command = Command::new(env::current_exe().expect("this executable"));
    let output = run(command.args(arguments).env(NOTES, &notes));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    read_lines(&notes)
}

fn read_lines(file: &Path) -> usize {
    std::fs::read_to_string(file).map_or(0, |text| text.lines().count())
}

#[test]
fn a_test_body_runs_once_however_the_tests_are_run() {
    within(SOON, || {
        const BODY: &str = "body_that_records_each_run";
        assert_eq!(count_runs(&["--exact", BODY]), 1);
        assert_eq!(count_runs(&["--exact", BODY, "--test-threads=1"]), 1);
        assert_eq!(count_runs(&["--exact", BODY, "--nocapture"]), 1);
        assert_eq!(count_runs(&["--exact", BODY, "--nocapture", "--test-threads=8"]), 1);
        // The arguments that nextest uses.
        assert_eq!(count_runs(&[BODY, "--exact", "--nocapture", "--include-ignored"]), 1);
        assert_eq!(count_runs(&["--skip", BODY, "--exact", "nothing_of_that_name"]), 0);
    });
}

#[test]
fn listing_the_tests_runs_no_test_and_starts_no_object() {
    within(SOON, || assert_eq!(count_runs(&["--list", "--format", "terse"]), 0));
}

/// The process inherits the marker in the environment, and is still not taken for the child of an
/// object.
#[test]
fn same_executable_started_by_an_object_is_an_ordinary_program() {
    within(SOON, || {
        let counter = CounterProxy::builder("counter").start(0).expect("starts");
        let again = counter.run_again(vec!["--exact".into(), "body_that_records_each_run".into()]);
        let (succeeded, printed) = again.wait().expect("it ran");
        assert!(succeeded && printed.contains("1 passed"), "{printed}");
        assert_eq!(counter.add(1).wait().expect("added"), 1);
    });
}

/// Including the first argument: some programs decide by their name what they do.
#[test]
fn a_child_sees_the_arguments_of_its_parent() {
    within(SOON, || {
        let counter = CounterProxy::builder("counter").start(0).expect("starts");
        assert_eq!(counter.arguments().wait().expect("answered"), env::args().collect::<Vec<_>>());
    });
}

/// A program may contain two releases of the library. The `init()` of each ignores the children of
/// the other.
#[test]
fn init_ignores_a_child_of_another_release() {
    within(SOON, || {
        for before_inode in ["", "0.0.0/1:"] {
            let (ours, theirs) =
                socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).expect("a socket");
            let inode = rustix::fs::fstat(&theirs).expect("it is open").st_ino;
            let mut program = Command::new(env!("CARGO_BIN_EXE_privileged"));
            let marker = format!("{before_inode}{inode}");
            program.arg("victim").env("CONCURRENT_OBJECT_CHILD", marker).stdin(Stdio::from(theirs));
            let mut child = program.stdout(Stdio::piped()).spawn().expect("it runs");
            // The program would otherwise read the end of its socket.
            drop((ours, program));
            let mut printed = String::new();
            child.stdout.take().expect("a pipe").read_to_string(&mut printed).expect("text");
            assert!(child.wait().expect("it is ours").success());
            assert_eq!(printed, "main runs\n", "{before_inode:?}");
        }
    });
}
