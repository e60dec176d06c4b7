//! Objects in a sandbox: what they can do, what ends them, and that all else goes on.
#![allow(missing_docs, missing_debug_implementations, clippy::new_without_default)]

#[path = "captured_output/collector.rs"]
mod collector;
#[path = "sandbox/files.rs"]
mod files;
#[path = "sandbox/handles.rs"]
mod handles;
#[path = "sandbox/kernel.rs"]
mod kernel;
#[path = "sandbox/library.rs"]
mod library;
#[path = "sandbox/refusals.rs"]
mod refusals;

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;

use concurrent_object::{CallError, Cause, Death, Sandbox, Violation, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::signals::block_all_signals;

concurrent_object::init_before_main!();

pub struct Suspect {
    opened: File,
    connection: Option<(TcpStream, TcpStream)>,
}

#[concurrent_object]
impl Suspect {
    pub fn new() -> Self {
        let opened = File::open("/etc/hostname").or_else(|_| File::open("/etc/passwd")).expect("a file");
        Self { opened, connection: None }
    }

    /// Makes a connection to itself.
    pub fn connected() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let here = TcpStream::connect(listener.local_addr().expect("bound")).expect("connected");
        let (there, _) = listener.accept().expect("accepted");
        Self { connection: Some((here, there)), ..Self::new() }
    }

    /// Sends a message over the connection, and receives it.
    pub fn talk(&mut self) -> String {
        let (here, there) = self.connection.as_mut().expect("connected");
        here.write_all(b"hello").expect("sent");
        let mut message = [0; 5];
        there.read_exact(&mut message).expect("received");
        String::from_utf8_lossy(&message).into_owned()
    }

    pub fn add(&self, a: u64, b: u64) -> u64 {
        a + b
    }

    /// Reads the file that the constructor has opened.
    pub fn read_opened(&mut self) -> usize {
        let mut bytes = Vec::new();
        self.opened.rewind().expect("a file");
        self.opened.read_to_end(&mut bytes).expect("it can be read")
    }

    /// Returns the error number with which an open fails, or `None`.
    pub fn open(&self, path: &str) -> Option<i32> {
        File::open(path).err().map(|error| error.raw_os_error().expect("of the system"))
    }

    pub fn length_of(&self, path: &str) -> Result<u64, String> {
        std::fs::metadata(path).map(|file| file.len()).map_err(|error| error.to_string())
    }

    pub fn udp(&self) -> bool {
        UdpSocket::bind("127.0.0.1:0").is_ok()
    }

    pub fn run(&self, program: &str) -> Result<Vec<u8>, String> {
        let output = std::process::Command::new(program).output().map_err(|error| error.to_string())?;
        if output.status.success() { Ok(output.stdout) } else { Err(output.status.to_string()) }
    }

    pub fn threads(&self) -> u64 {
        let threads: Vec<_> =
            (0..4).map(|n| std::thread::spawn(move || (0..1000).map(|m| m * n).sum::<u64>())).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    }

    pub fn panic(&self) {
        panic!("on purpose")
    }

    /// A call with all signals blocked, of which the handler cannot tell.
    pub fn udp_deaf(&self) {
        block_all_signals();
        self.udp();
    }
}

fn suspect(sandbox: Sandbox) -> SuspectProxy {
    let suspect = SuspectProxy::builder("suspect").sandbox(sandbox).start().expect("starts");
    suspect.wait_until_ready().expect("ready");
    suspect
}

fn death_of<T: std::fmt::Debug>(outcome: Result<T, CallError>) -> Arc<Death> {
    match outcome.expect_err("it dies") {
        CallError::Died { death, .. } => death,
        error => panic!("{error}"),
    }
}

#[test]
fn pure_object_computes_and_uses_what_its_constructor_opened() {
    within(SOON, || {
        let suspect = suspect(Sandbox::pure());
        assert_eq!(suspect.add(1, 2).wait().expect("computes"), 3);
        assert!(suspect.read_opened().wait().expect("an open file") > 0);
        assert_eq!(suspect.threads().wait().expect("starts threads"), 6 * 499_500);
        assert!(matches!(suspect.panic().wait(), Err(CallError::Panicked { .. })));
        assert_eq!(suspect.open("/etc/passwd").wait().expect("an error is data"), Some(libc::EACCES));
        assert_eq!(suspect.add(3, 4).wait().expect("serves on"), 7);
        suspect.close().expect("ends as asked");
    });
}

#[test]
fn connection_of_the_constructor_can_be_used() {
    within(SOON, || {
        let suspect = SuspectProxy::builder("suspect").sandbox(Sandbox::pure()).start_connected().expect("starts");
        assert_eq!(suspect.talk().wait().expect("allowed"), "hello");
        assert_eq!(death_of(suspect.udp().wait()).cause, Cause::Sandbox);
    });
}

#[test]
fn system_call_that_is_not_allowed_ends_the_process_and_is_named() {
    within(SOON, || {
        collector::collect();
        let suspect = SuspectProxy::builder("traced").sandbox(Sandbox::pure()).start().expect("starts");
        let error = suspect.udp().wait().expect_err("not allowed");
        let words =
            "died of SIGSYS (signal 31): its sandbox does not allow the system call `socket` (41), made with 0x2";
        assert!(error.to_string().contains(words) || cfg!(not(target_arch = "x86_64")), "{error}");
        let death = death_of::<()>(Err(error));
        assert_eq!(death.cause, Cause::Sandbox);
        let Some(Violation::SystemCall { name, arguments, .. }) = death.violation() else { panic!("{death:?}") };
        assert_eq!((*name, arguments[0]), (Some("socket"), u64::from(libc::AF_INET.cast_unsigned())));
        let is_traced = || {
            let lines = collector::lines_of("traced");
            lines.iter().any(|line| line.contains("violation=its sandbox does not allow the system call `socket`"))
        };
        wait_for("the event of its death", is_traced);
    });
}

#[test]
fn system_call_that_cannot_be_reported_ends_the_process_too() {
    within(SOON, || {
        let death = death_of(suspect(Sandbox::pure()).udp_deaf().wait());
        assert_eq!(death.violation(), Some(&Violation::UnknownSystemCall));
    });
}

#[test]
fn custom_sandbox_allows_what_it_names_and_no_more() {
    within(SOON, || {
        let with_network = suspect(Sandbox::custom().network(true));
        assert!(with_network.udp().wait().expect("allowed"));
        let refused = with_network.run("/bin/true").wait().expect("it cannot open /dev/null");
        assert!(refused.expect_err("not allowed").contains("ermission denied"));
        let with_programs = suspect(Sandbox::custom().spawn(true).allow("openat").allow("newfstatat").allow("pread64"));
        assert_eq!(with_programs.run("/bin/true").wait().expect("allowed"), Ok(Vec::new()));
        let with_its_libraries = suspect(Sandbox::custom().spawn(true).read("/").write("/dev/null"));
        assert_eq!(with_its_libraries.run("/bin/true").wait().expect("allowed"), Ok(Vec::new()));
        assert_eq!(death_of(with_programs.udp().wait()).cause, Cause::Sandbox);
        let with_a_call = suspect(Sandbox::custom().allow("socket").allow("bind"));
        assert!(with_a_call.udp().wait().expect("allowed"));
    });
}

#[test]
fn question_about_a_file_ends_a_strict_object() {
    within(SOON, || {
        let death = death_of(suspect(Sandbox::pure().strict()).open("/etc/passwd").wait());
        let Some(Violation::SystemCall { name: Some(name), .. }) = death.violation() else { panic!("{death:?}") };
        assert!(name.starts_with("open"), "{name}");
    });
}
