//! The parts of this module that exist on targets without child processes: threads, the control
//! socket, and types without values for what only a process has.
//!
//! Each module has the name and the functions of the one that it stands for, so that the code above
//! is the same on all targets. Invariant: no value of [`Child`](child::Child) exists.

pub(crate) mod background;
pub(crate) mod child;
pub(crate) mod fd_socket;
pub(crate) mod output;
pub(crate) mod thread;

/// The allocator of the program, which belongs to all of it.
pub(crate) mod allocator {
    /// Gives nothing back: the memory may be the program's.
    pub(crate) fn give_back() -> bool {
        false
    }
}

/// The coarse clock is the exact one.
pub(crate) mod coarse_clock {
    use std::time::Duration;

    /// Returns by how much the coarse clock lags behind the exact one.
    pub(crate) fn clock_lag() -> Duration {
        Duration::ZERO
    }
}

/// The processor time of processes.
pub(crate) mod cpu_time {
    use std::time::Duration;

    /// Returns nothing: there are no child processes.
    pub(crate) fn cpu_time(_pid: u32) -> Option<Duration> {
        None
    }
}

/// The running program, whose code has the same address at both ends of a channel.
pub(crate) mod executable {
    use std::io;

    pub(crate) const EXAMINING: &str = "examining the program's own file";

    /// Returns no file: no child executes it.
    pub(crate) fn identity() -> io::Result<(u64, u64)> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn children_are_elsewhere() -> bool {
        false
    }

    /// Returns the address of a function as its offset.
    #[allow(clippy::unnecessary_wraps, reason = "on Linux it reads a file")]
    pub(crate) fn code_offset(address: usize) -> io::Result<Option<usize>> {
        Ok(Some(address))
    }

    /// Returns the address of the function with this offset.
    #[allow(clippy::unnecessary_wraps, reason = "on Linux it reads a file")]
    pub(crate) fn code_at(offset: usize) -> io::Result<Option<usize>> {
        Ok(Some(offset).filter(|&address| address != 0))
    }
}

/// The control socket of an object's thread.
pub(crate) mod handshake {
    use std::io;

    use crate::descriptor::OwnedFd;
    use crate::descriptor::portable::socket;

    /// How a child's environment would be marked.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Marker {
        pub(crate) variable: &'static str,
        pub(crate) value_for: fn(u64) -> String,
    }

    /// Makes a control socket: the parent's end, then the thread's.
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn control_socket() -> io::Result<(OwnedFd, OwnedFd)> {
        Ok(socket::pair())
    }
}
/// The memory of processes.
pub(crate) mod memory {
    /// Returns nothing: there are no child processes.
    pub(crate) fn resident_size(_pid: u32) -> Option<usize> {
        None
    }
}

/// Kills for lack of memory.
pub(crate) mod oom {
    /// The count of such kills, which is not known.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Before(());

    impl Before {
        pub(crate) fn has_grown(self) -> bool {
            false
        }
    }
}

/// The end of a child.
pub(crate) mod parent_watch {
    /// Ends the program.
    pub(crate) fn end_with(exit_code: i32) -> ! {
        std::process::exit(exit_code)
    }
}

/// Reaping.
pub(crate) mod reap {
    use std::time::Duration;

    use super::child::Child;
    use crate::error::exit::Exit;

    /// How a thread has ended.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Reaped {
        pub(crate) exit: Exit,
        pub(crate) peak_memory: Option<u64>,
        pub(crate) cpu_time: Option<Duration>,
        pub(crate) held_by: Option<u32>,
    }

    pub(crate) fn reap(child: &Child) -> Reaped {
        match *child {}
    }

    pub(crate) fn end(child: &Child) {
        match *child {}
    }
}

/// What the next processes of an object would begin with.
pub(crate) mod spawn_context {
    use std::io;

    use crate::descriptor::OwnedFd;

    /// The environment and the directory are the program's.
    #[derive(Debug)]
    pub(crate) struct SpawnContext(());

    impl SpawnContext {
        pub(crate) fn note() -> Self {
            Self(())
        }
    }

    /// Does nothing: the directory is the program's.
    #[allow(clippy::unnecessary_wraps, reason = "a process may have no permission")]
    pub(crate) fn enter(_directory: &OwnedFd) -> io::Result<()> {
        Ok(())
    }
}

/// Stopped processes.
pub(crate) mod stopped {
    /// Why a process is stopped.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum StopKind {
        Stopped,
        Traced,
    }
}
