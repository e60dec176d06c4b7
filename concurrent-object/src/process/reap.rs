//! How a child that has ended did so.
//!
//! Knows wait statuses; waits for our own child only, so that no other child's status is stolen.

use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::child::Child;
use crate::error::exit::Exit;

/// Reaps a child that has ended. Somebody else may have done so (SIGCHLD ignored): then its status is not known.
pub(crate) fn reap(child: &Child) -> Exit {
    let Some(pidfd) = child.pidfd() else { return Exit::Unknown };
    loop {
        match waitid(WaitId::PidFd(pidfd), WaitIdOptions::EXITED) {
            Ok(Some(status)) => {
                let code = status.exit_status().map(Exit::Code);
                let signal = status.terminating_signal().map(|signal| Exit::signal(signal, status.dumped()));
                return code.or(signal).unwrap_or(Exit::Unknown);
            }
            Err(Errno::INTR) => {}
            Ok(None) | Err(_) => return Exit::Unknown,
        }
    }
}
