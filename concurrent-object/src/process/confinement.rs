//! What a child may use and do: the limits of its process, and its sandbox.
//!
//! Problem: the kernel limits a process only from within, or from its start. Way: the child sets
//! its own limits before it runs any code of the object. They cannot be raised again without
//! privileges. If the process dies of a limit, it leaves a *violation record* in shared memory.
//!
//! Knows processes. Knows neither the layout of the shared memory nor objects. Invariant: no code
//! of the object runs without its limits.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
pub(crate) mod record;
#[cfg(feature = "sandbox")]
pub(crate) mod sandbox;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a child may use and do. The default is all that its parent may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Confinement {
    /// The private writable memory, in bytes.
    pub(crate) memory: Option<u64>,
    /// The processor time of the process.
    pub(crate) cpu_time: Option<Duration>,
    pub(crate) open_files: Option<u64>,
    /// What is added to its nice value.
    pub(crate) nice: Option<i32>,
    /// The processors on which it runs; empty for those of the parent.
    pub(crate) cpus: Vec<usize>,
    /// Its working directory; `None` for that of the parent.
    pub(crate) directory: Option<PathBuf>,
    /// What the object may do once it is constructed.
    #[cfg(feature = "sandbox")]
    pub(crate) sandbox: Option<sandbox::Sandbox>,
}

impl Confinement {
    /// Whether the object has a sandbox.
    pub(crate) fn has_sandbox(&self) -> bool {
        #[cfg(feature = "sandbox")]
        return self.sandbox.is_some();
        #[cfg(not(feature = "sandbox"))]
        false
    }
}
