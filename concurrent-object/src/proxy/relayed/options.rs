//! The options that the program which holds an object decides.
//!
//! Knows the names of options. Invariant: what the proxy's program asked for does not overwrite
//! them.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use bytesize::ByteSize;

use crate::error::StartError;
#[cfg(feature = "sandbox")]
use crate::process::confinement::sandbox::Sandbox;
use crate::process::output::ChildStdio;
use crate::protocol::remote::{Message, Refusal, RemoteStart};
use crate::proxy::builder::{IntoSize, IntoTime, Options, Settings, Size};

/// The options that the program which holds an object decides for it. They mean the same as those
/// of the [`Builder`](crate::Builder).
#[must_use]
pub struct FarOptions {
    options: Options,
    call_memory: Size,
}

/// The most memory that the calls of one object may take, unless the host sets another limit.
const CALL_MEMORY: usize = 4 << 30;

impl FarOptions {
    pub(super) fn new(options: Options) -> Self {
        Self { options, call_memory: CALL_MEMORY.into_size() }
    }

    fn with(self, set: impl FnOnce(Options) -> Options) -> Self {
        Self { options: set(self.options), ..self }
    }

    /// Limits the memory that the object may take for its calls and to start: the number of its
    /// slots times both size limits, its stack, the arguments of its constructor and its saved
    /// state. The start of an object that asks for more is refused. By default the limit is 4 GiB.
    ///
    /// Memory is taken when it is used. So this bounds what a client can take, and reserves
    /// nothing.
    pub fn call_memory(self, size: impl IntoSize) -> Self {
        Self { call_memory: size.into_size(), ..self }
    }

    /// Checks the options, and what the client asks for.
    pub(super) fn check(self, start: &RemoteStart) -> Result<Settings, StartError> {
        let limit = self.call_memory.bytes("call_memory")?;
        let settings = self.options.check()?;
        let layout = settings.layout;
        let size_of = |message: &Message| message.structured.len().saturating_add(message.raw.len());
        let parts = [
            layout.slots.saturating_mul(layout.input_limit.saturating_add(layout.output_limit)),
            settings.stack_size.unwrap_or_default(),
            size_of(&start.arguments),
            start.state.as_ref().map_or(0, size_of),
        ];
        let asked = parts.into_iter().fold(0, usize::saturating_add);
        if asked > limit {
            let (asked, limit) = (ByteSize(asked as u64), ByteSize(limit as u64));
            let reason = format!("the object may take {asked} for its calls, and this host allows {limit}");
            return Err(Refusal::Denied(reason).into());
        }
        Ok(settings)
    }

    /// Limits the private writable memory of the process.
    pub fn memory_limit(self, size: impl IntoSize) -> Self {
        self.with(|options| options.memory_limit(size))
    }

    /// Limits the processor time of the process.
    pub fn cpu_time_limit(self, time: impl IntoTime) -> Self {
        self.with(|options| options.cpu_time_limit(time))
    }

    /// Limits the open files of the process.
    pub fn open_files_limit(self, count: usize) -> Self {
        self.with(|options| options.open_files_limit(count))
    }

    /// Lowers the priority of the process.
    pub fn nice(self, increment: i32) -> Self {
        self.with(|options| options.nice(increment))
    }

    /// Sets the directory of the process.
    pub fn current_dir(self, directory: impl Into<PathBuf>) -> Self {
        self.with(|options| options.current_dir(directory))
    }

    /// Sets a variable in the environment of the process.
    pub fn env(self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.with(|options| options.env(name, value))
    }

    /// Whether the process begins without the variables of this program.
    pub fn env_clear(self, clear: bool) -> Self {
        self.with(|options| options.env_clear(clear))
    }

    /// Sets what becomes of the standard output.
    pub fn stdout(self, stream: ChildStdio) -> Self {
        self.with(|options| options.stdout(stream))
    }

    /// Sets what becomes of the standard error.
    pub fn stderr(self, stream: ChildStdio) -> Self {
        self.with(|options| options.stderr(stream))
    }

    /// Confines the process.
    #[cfg(feature = "sandbox")]
    pub fn sandbox(self, sandbox: Sandbox) -> Self {
        self.with(|options| options.sandbox(sandbox))
    }
}

impl fmt::Debug for FarOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FarOptions").finish_non_exhaustive()
    }
}
