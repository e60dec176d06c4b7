//! The ways in which a process can die without being asked to end.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::process;

use concurrent_object::Exit;
use serde::{Deserialize, Serialize};

/// How a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It calls `abort`.
    Abort,
    /// It exits, with this code.
    Exit(i32),
    /// It writes where nothing is mapped.
    NullWrite,
    /// It recurses until its stack is full.
    StackOverflow,
    /// It is sent SIGKILL.
    Kill,
}

impl Fate {
    /// Dies in this way.
    pub fn meet(self) -> ! {
        match self {
            Self::Abort => process::abort(),
            Self::Exit(code) => process::exit(code),
            Self::NullWrite => write_to_null(),
            Self::StackOverflow => drop(recurse(0)),
            Self::Kill => send(process::id(), libc::SIGKILL),
        }
        unreachable!("survived {self:?}")
    }

    /// Whether a process with this fate ends with `exit`.
    ///
    /// A stack overflow may be SIGSEGV or SIGABRT. Where `init_before_main!` takes over, the Rust
    /// runtime has not yet installed the handler that turns the overflow into an abort.
    #[must_use]
    pub fn is(self, exit: Exit) -> bool {
        match self {
            Self::Exit(code) => exit == Exit::Code(code),
            Self::Abort => exit.signal_name() == Some("SIGABRT"),
            Self::NullWrite => exit.signal_name() == Some("SIGSEGV"),
            Self::StackOverflow => matches!(exit.signal_name(), Some("SIGSEGV" | "SIGABRT")),
            Self::Kill => exit.signal_name() == Some("SIGKILL"),
        }
    }
}

/// Sends a signal to a process.
pub fn send(pid: u32, signal: i32) {
    let pid = i32::try_from(pid).expect("a process id");
    assert!(pid > 1, "a single process, and not the first");
    // SAFETY: `kill` touches no memory of this process.
    let sent = unsafe { libc::kill(pid, signal) };
    assert_eq!(sent, 0, "signal {signal} to {pid}: {}", std::io::Error::last_os_error());
}

fn write_to_null() {
    let nowhere = black_box(std::ptr::null_mut::<u8>());
    // SAFETY: nothing is mapped at address zero, so the kernel kills the process here, as intended.
    unsafe { nowhere.write_volatile(1) };
}

fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if depth == u64::MAX {
        return 0;
    }
    black_box(recurse(depth + 1)) + black_box(frame)[7]
}
