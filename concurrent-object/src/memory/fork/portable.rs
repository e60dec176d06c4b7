//! Forked copies on targets other than Linux: recognised by their process id.
//!
//! A copy has the objects of its original, and no thread of them. So their operations fail in it,
//! and it can use no object of its own: nothing keeps other threads from forking while they hold a
//! lock.
//!
//! Knows the process id. Where there is no `fork`, no process is a copy.

use std::io;
use std::num::NonZeroU64;

/// The process in which a value was created. A forked copy is another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(NonZeroU64);

impl Origin {
    /// Returns the present process.
    pub(crate) fn here() -> io::Result<Self> {
        let id = NonZeroU64::new(u64::from(std::process::id()));
        id.map(Self).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Whether the caller still runs in that process.
    pub(crate) fn is_here(self) -> bool {
        self.0.get() == u64::from(std::process::id())
    }
}

/// What `hold_forks_back` returns. It holds nothing.
#[derive(Debug)]
pub(crate) struct NotHeld;

pub(crate) fn hold_forks_back() -> NotHeld {
    NotHeld
}

pub(crate) fn watch_forks() {}
