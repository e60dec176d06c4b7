//! Errors of the system among the errors of a start, and which of them may be temporary.

use std::io;
use std::sync::Arc;

use super::StartError;
use crate::error::refused::take_apart;

impl StartError {
    /// Whether the start may succeed later: the kernel lacked descriptors, processes or
    /// memory, or no machine had room.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::System { source, .. } => is_lack(source),
            Self::NoHost { .. } => true,
            _ => false,
        }
    }

    pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| {
            let (call, source) = take_apart(error);
            Self::System { doing, call, source: Arc::new(source) }
        }
    }
}

#[cfg(unix)]
fn is_lack(error: &io::Error) -> bool {
    let lacking = [libc::EMFILE, libc::ENFILE, libc::EAGAIN, libc::ENOMEM, libc::ETOOMANYREFS];
    error.raw_os_error().is_some_and(|errno| lacking.contains(&errno))
}

#[cfg(not(unix))]
fn is_lack(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::OutOfMemory | io::ErrorKind::WouldBlock)
}
