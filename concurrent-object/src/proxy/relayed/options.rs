//! The options that the program which holds an object decides.
//!
//! Knows the names of options. Invariant: what the proxy's program asked for does not overwrite
//! them.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

#[cfg(feature = "sandbox")]
use crate::process::confinement::sandbox::Sandbox;
use crate::process::output::ChildStdio;
use crate::proxy::builder::{IntoSize, IntoTime, Options};

/// The options that the program which holds an object decides for it. They mean the same as those
/// of the [`Builder`](crate::Builder).
#[must_use]
pub struct FarOptions(pub(super) Options);

impl FarOptions {
    /// Limits the address space of the process.
    pub fn memory_limit(self, size: impl IntoSize) -> Self {
        Self(self.0.memory_limit(size))
    }

    /// Limits the processor time of the process.
    pub fn cpu_time_limit(self, time: impl IntoTime) -> Self {
        Self(self.0.cpu_time_limit(time))
    }

    /// Limits the open files of the process.
    pub fn open_files_limit(self, count: usize) -> Self {
        Self(self.0.open_files_limit(count))
    }

    /// Lowers the priority of the process.
    pub fn nice(self, increment: i32) -> Self {
        Self(self.0.nice(increment))
    }

    /// Sets the directory of the process.
    pub fn current_dir(self, directory: impl Into<PathBuf>) -> Self {
        Self(self.0.current_dir(directory))
    }

    /// Sets a variable in the environment of the process.
    pub fn env(self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        Self(self.0.env(name, value))
    }

    /// Whether the process begins without the variables of this program.
    pub fn env_clear(self, clear: bool) -> Self {
        Self(self.0.env_clear(clear))
    }

    /// Sets what becomes of the standard output.
    pub fn stdout(self, stream: ChildStdio) -> Self {
        Self(self.0.stdout(stream))
    }

    /// Sets what becomes of the standard error.
    pub fn stderr(self, stream: ChildStdio) -> Self {
        Self(self.0.stderr(stream))
    }

    /// Confines the process.
    #[cfg(feature = "sandbox")]
    pub fn sandbox(self, sandbox: Sandbox) -> Self {
        Self(self.0.sandbox(sandbox))
    }
}

impl fmt::Debug for FarOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FarOptions").finish_non_exhaustive()
    }
}
