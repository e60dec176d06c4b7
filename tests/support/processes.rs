//! Other processes as `/proc` shows them: names, thread states, resource use, descriptors.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::census::{entries, is_running};
use crate::deadline::wait_for;
use crate::fate::send;

/// Returns the fields of `/proc/<pid>/stat` after the name, the state first; none if there is no
/// such process.
fn stat(path: &str) -> Vec<String> {
    let stat = fs::read_to_string(path).unwrap_or_default();
    // The name is in brackets, and may contain any character.
    let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split_whitespace().map(str::to_owned).collect());
    fields.unwrap_or_default()
}

/// Whether this thread of this process sleeps.
#[must_use]
pub fn is_asleep(pid: u32, thread: u32) -> bool {
    stat(&format!("/proc/{pid}/task/{thread}/stat")).first().is_some_and(|state| state == "S")
}

/// Whether this process and all its threads are stopped.
#[must_use]
pub fn is_stopped(pid: u32) -> bool {
    let states = entries(format!("/proc/{pid}/task")).into_iter();
    let mut states = states.map(|thread| stat(&format!("/proc/{pid}/task/{thread}/stat")).into_iter().next());
    states.all(|state| state.as_deref() == Some("T")) && is_running(pid)
}

/// Whether this process has exactly `threads` threads, each asleep in a system call, and the kernel
/// has counted each sleep as a context switch.
#[must_use]
pub fn is_off_the_processor(pid: u32, threads: usize) -> bool {
    let tasks: Vec<u32> =
        entries(format!("/proc/{pid}/task")).iter().filter_map(|thread| thread.parse().ok()).collect();
    // The kernel shows the state of a sleeping thread a moment before it counts the switch. It
    // shows the system call only after that.
    let counted = |thread: u32| {
        fs::read_to_string(format!("/proc/{pid}/task/{thread}/syscall")).is_ok_and(|call| !call.starts_with("running"))
    };
    tasks.len() == threads && tasks.iter().all(|&thread| is_asleep(pid, thread) && counted(thread))
}

/// Returns the kernel's id of the calling thread.
#[must_use]
pub fn own_thread_id() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}

/// Returns the processor time that a process has used, in clock ticks.
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn cpu_ticks(pid: u32) -> u64 {
    let fields = stat(&format!("/proc/{pid}/stat"));
    // The state is field 3 of the manual page; user and system time are fields 14 and 15.
    let ticks = |number: usize| fields[number - 3].parse::<u64>().expect("ticks");
    ticks(14) + ticks(15)
}

/// Returns the number of minor page faults of a process: those that read nothing from a disk.
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn page_faults(pid: u32) -> u64 {
    // The state is field 3 of the manual page; the count is field 10.
    stat(&format!("/proc/{pid}/stat"))[10 - 3].parse().expect("a count")
}

/// Returns the number of context switches of all threads of a process, voluntary and involuntary.
#[must_use]
pub fn context_switches(pid: u32) -> u64 {
    let statuses = entries(format!("/proc/{pid}/task")).into_iter();
    let texts = statuses.filter_map(|thread| fs::read_to_string(format!("/proc/{pid}/task/{thread}/status")).ok());
    let switches = |line: &str| line.split_once("ctxt_switches:")?.1.trim().parse::<u64>().ok();
    texts.map(|text| text.lines().filter_map(switches).sum::<u64>()).sum()
}

/// Returns the arguments of a process. The first is its name in the process list.
#[must_use]
pub fn arguments(pid: u32) -> Vec<String> {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|&byte| byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

/// Returns the running processes that have this text in one of their arguments.
#[must_use]
pub fn with_argument(text: &str) -> Vec<u32> {
    let pids = entries("/proc").into_iter().filter_map(|name| name.parse::<u32>().ok());
    pids.filter(|&pid| arguments(pid).iter().any(|argument| argument.contains(text)) && is_running(pid)).collect()
}

/// Returns the kind and the inode of each descriptor of a process, without its standard streams.
#[must_use]
pub fn descriptors(pid: u32) -> Vec<(String, u64)> {
    let numbers =
        entries(format!("/proc/{pid}/fd")).into_iter().filter(|number| !matches!(number.as_str(), "0" | "1" | "2"));
    let held = numbers.filter_map(|number| {
        let path = format!("/proc/{pid}/fd/{number}");
        let target = fs::read_link(&path).ok()?.to_string_lossy().into_owned();
        Some((target.split(":[").next().unwrap_or_default().to_owned(), fs::metadata(&path).ok()?.ino()))
    });
    held.collect()
}

/// A process that is not a child of this one. Dropping the value kills it.
#[derive(Debug)]
pub struct Stray(pub u32);

impl Drop for Stray {
    fn drop(&mut self) {
        if is_running(self.0) {
            send(self.0, libc::SIGKILL);
        }
    }
}

/// The result of a program that ran to its end.
#[derive(Debug)]
pub struct Finished {
    /// Its exit status.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
}

/// Copies a program in a separate process.
///
/// If this process copied it, another thread could spawn a child while the copy is open for
/// writing. That child inherits the descriptor until it executes its program. The kernel then
/// refuses to execute the copy (`ETXTBSY`).
///
/// # Panics
/// If the program cannot be copied.
#[track_caller]
pub fn copy_program(from: impl AsRef<OsStr>, to: &Path) {
    let status = Command::new("cp").arg("--").arg(from).arg(to).status().expect("cp runs");
    assert!(status.success(), "the program cannot be copied to {}", to.display());
}

/// Runs a program to its end. Its standard error is that of the test.
///
/// # Panics
/// If the program cannot be executed, or runs for more than a minute.
#[track_caller]
pub fn run(command: &mut Command) -> Finished {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program runs");
    let mut output = child.stdout.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("the program is ours") {
            break status;
        }
        if start.elapsed() > Duration::from_secs(60) {
            drop(child.kill());
            drop(child.wait());
            panic!("hangs: {command:?}");
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    wait_for("the program's output ends with it", || reader.is_finished());
    let stdout = reader.join().expect("the reader").expect("text");
    Finished { status, stdout }
}
