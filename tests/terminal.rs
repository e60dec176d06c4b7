//! Ctrl-C at a terminal reaches the whole group, and the parent decides what it means. A parent
//! that dies of a signal leaves no child.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use concurrent_object_tests::deadline::{SOON, wait_for, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::gate::Gate;
use concurrent_object_tests::processes::with_argument;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

const CTRL_C: &[u8] = b"\x03";

/// A program with a terminal of its own.
struct Session {
    keyboard: File,
    shown: Arc<Mutex<String>>,
    program: Child,
    gate: Gate,
}

impl Session {
    fn begin(what: &str) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&terminal).expect("it is ours");
        unlockpt(&terminal).expect("it can be opened");
        let path = ptsname(&terminal, Vec::new()).expect("a name").into_string().expect("text");
        let gate = Gate::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_terminal"));
        command.args([&path, what]).arg(gate.path()).stdin(Stdio::null());
        let program = command.spawn().expect("the program runs");
        let keyboard = File::from(terminal);
        let (shown, screen) = (Arc::<Mutex<String>>::default(), keyboard.try_clone().expect("a second handle"));
        let session = Self { keyboard, shown: shown.clone(), program, gate };
        thread::spawn(move || show(screen, &shown));
        session
    }

    fn shown(&self) -> String {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn wait_for(&self, text: &str) {
        wait_for("the terminal shows what it is to show", || self.shown().contains(text));
    }

    fn press(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).expect("the keyboard works");
    }

    fn processes(&self) -> Vec<u32> {
        with_argument(self.gate.path().to_str().expect("text"))
    }

    fn end(mut self) -> (ExitStatus, String) {
        let status = self.program.wait().expect("it is ours");
        wait_for("no process is left", || self.processes().is_empty());
        (status, self.shown())
    }
}

/// Kills the processes even if a test fails.
impl Drop for Session {
    fn drop(&mut self) {
        self.processes().into_iter().for_each(|pid| send(pid, libc::SIGKILL));
        // The program has ended already unless the test failed.
        drop(self.program.wait());
    }
}

/// Copies the terminal's output until no process has the terminal open any more, which is a read
/// error. The same error occurs before the first process opens it.
fn show(mut screen: File, shown: &Mutex<String>) {
    let mut bytes = [0; 4096];
    let mut has_shown = false;
    loop {
        match screen.read(&mut bytes) {
            Ok(0) => return,
            Ok(len) => {
                has_shown = true;
                let text = String::from_utf8_lossy(&bytes[..len]);
                shown.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            }
            Err(_) if has_shown => return,
            Err(_) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

#[test]
fn interrupt_at_a_terminal_reaches_the_parent_and_calls_finish() {
    within(SOON, || {
        let mut session = Session::begin("work");
        session.wait_for("ready");
        assert_eq!(session.processes().len(), 4, "itself and three objects");

        session.press(CTRL_C);

        session.wait_for("finished");
        let (status, shown) = session.end();
        assert!(status.success(), "{status}: {shown}");
        let lines: Vec<_> = shown.lines().map(|line| line.trim_start_matches("^C").trim_end()).collect();
        assert_eq!(lines, ["ready", "interrupted", "finished: [40, 41, 42] (2, 1)"], "only the program prints");
    });
}

#[test]
fn interrupts_while_objects_start_reach_only_the_parent() {
    within(SOON, || {
        let mut session = Session::begin("start");
        session.wait_for("ready");

        while session.program.try_wait().expect("it is ours").is_none() {
            session.press(CTRL_C);
            thread::sleep(Duration::from_micros(500));
        }

        let reached = session.gate.path().join("reached").exists();
        let (status, shown) = session.end();
        assert!(status.success() && reached, "{status}: {shown}");
        assert!(!shown.contains("panicked"), "{shown}");
    });
}

#[test]
fn parent_that_dies_of_a_signal_leaves_no_child() {
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        within(SOON, move || {
            let session = Session::begin("stay");
            session.wait_for("ready");
            session.gate.wait_until_reached();

            send(session.program.id(), signal);

            let (status, shown) = session.end();
            assert_eq!(status.signal(), Some(signal), "{shown}");
            assert_eq!(shown.trim_end(), "ready", "no further output");
        });
    }
}
