//! Why a child could not get the limits or the sandbox of its builder. The child reports it to its
//! parent.
//!
//! Knows the options by name. Invariant: each text names the option.

use serde::{Deserialize, Serialize};

use super::StartError;

/// An option that limits what a child may use or do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LimitOption {
    MemoryLimit,
    CpuTimeLimit,
    OpenFilesLimit,
    Nice,
    Cpus,
    CurrentDir,
    #[cfg_attr(not(feature = "sandbox"), allow(dead_code, reason = "there is no such option"))]
    Sandbox,
}

impl LimitOption {
    /// Returns the name of the builder's function.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MemoryLimit => "memory_limit",
            Self::CpuTimeLimit => "cpu_time_limit",
            Self::OpenFilesLimit => "open_files_limit",
            Self::Nice => "nice",
            Self::Cpus => "cpus",
            Self::CurrentDir => "current_dir",
            Self::Sandbox => "sandbox",
        }
    }

    /// Returns the error of a value that the parent or the child cannot set.
    pub(crate) fn refused(self, reason: impl ToString) -> ConfinementError {
        ConfinementError::NotSet { option: self, reason: reason.to_string() }
    }
}

/// Why a limit or a sandbox cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(hidden)]
pub enum ConfinementError {
    /// The value of an option cannot be set.
    NotSet { option: LimitOption, reason: String },
    /// The child needs more memory than it may have.
    TooLittleMemory { limit: u64, needed: u64, reason: String },
    /// The kernel cannot do it.
    Unsupported { what: String, kernel: String },
}

impl From<ConfinementError> for StartError {
    fn from(error: ConfinementError) -> Self {
        match error {
            ConfinementError::NotSet { option, reason } => Self::InvalidLimit { option: option.name(), reason },
            ConfinementError::TooLittleMemory { limit, needed, reason } => Self::MemoryLimit { limit, needed, reason },
            ConfinementError::Unsupported { what, kernel } => Self::Unsupported { what, kernel },
        }
    }
}
