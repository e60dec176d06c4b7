//! Programs that run with other privileges than their user's, and files that their user may execute
//! but not read.
#![allow(missing_docs)]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::processes::{copy_program, run};

/// The id of an ordinary user who owns nothing.
const USER: u32 = 65_534;

/// A copy of the program with this mode, in a folder that every user may enter.
struct Copy {
    _folder: tempfile::TempDir,
    program: PathBuf,
}

impl Copy {
    fn new(mode: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it is ours");
        let program = folder.path().join("program");
        copy_program(env!("CARGO_BIN_EXE_privileged"), &program);
        let copy = Self { _folder: folder, program };
        copy.set_mode(mode);
        copy
    }

    fn set_mode(&self, mode: u32) {
        fs::set_permissions(&self.program, Permissions::from_mode(mode)).expect("it is ours");
    }

    /// Returns a command that runs the copy as an ordinary user.
    fn command(&self, mode: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(mode).uid(USER).gid(USER).current_dir("/");
        command
    }

    #[track_caller]
    fn lines(&self, mode: &str) -> Vec<String> {
        let finished = run(&mut self.command(mode));
        assert!(finished.status.success(), "{finished:?}");
        finished.stdout.lines().map(ToOwned::to_owned).collect()
    }
}

#[test]
fn set_uid_program_that_is_started_like_a_child_runs_its_main() {
    within(SOON, || {
        let copy = Copy::new(0o755);
        let mut forger = copy.command("forge").stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut output = BufReader::new(forger.stdout.take().expect("a pipe"));
        let mut line = String::new();
        while line != "ready\n" {
            line.clear();
            assert_ne!(output.read_line(&mut line).expect("text"), 0, "it ended before it was ready");
        }
        copy.set_mode(0o4755);
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("text");
        forger.wait().expect("it ends");
        assert!(rest.contains("main runs\nvictim: exit status: 0\n"), "{rest}");
        assert!(!rest.contains(", 0, "), "a method ran as root: {rest}");
    });
}

#[test]
fn object_has_no_privileges_that_its_program_gave_up() {
    within(SOON, || {
        for mode in [0o4755, 0o2755] {
            let expected = ["main runs", "object: [65534, 65534, 65534, 65534]", "raw sockets: false"];
            assert_eq!(Copy::new(mode).lines("drop"), expected, "{mode:o}");
        }
    });
}

#[test]
fn start_with_two_user_ids_is_refused_with_the_remedy() {
    within(SOON, || {
        for mode in [0o4755, 0o2755] {
            let lines = Copy::new(mode).lines("start");
            assert!(lines[1].starts_with("refused: ") && lines[1].contains("setresuid"), "{mode:o}: {lines:?}");
        }
    });
}

#[test]
fn start_with_file_capabilities_is_refused_with_the_remedy() {
    within(SOON, || {
        let copy = Copy::new(0o755);
        // Version 2, with the effective flag. Then the permitted and the inheritable set, twice 32
        // bits each: CAP_NET_RAW is permitted.
        let words: [u32; 5] = [0x0200_0001, 1 << 13, 0, 0, 0];
        let value = words.map(u32::to_le_bytes).concat();
        let set = rustix::fs::setxattr(&copy.program, "security.capability", &value, rustix::fs::XattrFlags::empty());
        set.expect("root may do so");
        let lines = copy.lines("start");
        assert!(lines[1].starts_with("refused: ") && lines[1].contains("ambient"), "{lines:?}");
    });
}

#[test]
fn object_lacks_a_capability_that_root_gave_up() {
    within(SOON, || {
        let finished = run(Command::new(env!("CARGO_BIN_EXE_privileged")).arg("less"));
        assert_eq!(finished.stdout, "main runs\nobject: [0, 0, 0, 0]\nraw sockets: false\n");
        let finished = run(Command::new(env!("CARGO_BIN_EXE_privileged")).arg("start"));
        assert_eq!(finished.stdout, "main runs\nobject: [0, 0, 0, 0]\nraw sockets: true\n");
    });
}

#[test]
fn program_that_is_executable_but_unreadable_can_start_objects() {
    within(SOON, || {
        let expected = ["main runs", "object: [65534, 65534, 65534, 65534]", "raw sockets: false"];
        assert_eq!(Copy::new(0o711).lines("start"), expected);
    });
}

#[test]
fn start_without_proc_is_refused_with_the_remedy() {
    within(SOON, || {
        let folder = tempfile::tempdir().expect("a folder");
        let finished = run(Command::new(env!("CARGO_BIN_EXE_privileged")).arg("chroot").arg(folder.path()));
        let refusal = finished.stdout.lines().nth(1).unwrap_or_default();
        assert!(refusal.starts_with("refused: ") && refusal.contains("/proc/self/exe"), "{finished:?}");
        assert!(finished.stdout.contains("objects need /proc to be mounted"), "{finished:?}");
    });
}
