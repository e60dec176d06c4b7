//! The functions of the builder that limit what a child may use.
//!
//! Knows no limit's meaning; `limits` checks them, and the child sets them.

use std::path::PathBuf;

use super::setters::{Builder, Starter};
use super::{IntoSize, IntoTime, Options};
#[cfg(feature = "sandbox")]
use crate::process::confinement::sandbox::Sandbox;

impl Options {
    pub fn memory_limit(mut self, size: impl IntoSize) -> Self {
        self.process_limits.memory = Some(size.into_size());
        self
    }

    pub fn cpu_time_limit(mut self, time: impl IntoTime) -> Self {
        self.process_limits.cpu_time = Some(time.into_time());
        self
    }

    pub fn open_files_limit(mut self, count: usize) -> Self {
        self.process_limits.open_files = Some(count);
        self
    }

    pub fn nice(mut self, increment: i32) -> Self {
        self.process_limits.nice = Some(increment);
        self
    }

    pub fn cpus(mut self, cpus: impl IntoIterator<Item = usize>) -> Self {
        self.process_limits.cpus = Some(cpus.into_iter().collect());
        self
    }

    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.process_limits.directory = Some(directory.into());
        self
    }

    #[cfg(feature = "sandbox")]
    pub fn sandbox(mut self, sandbox: Sandbox) -> Self {
        self.process_limits.sandbox = Some(sandbox);
        self
    }

    pub fn env_clear(mut self, clear: bool) -> Self {
        self.surroundings.clears_environment = clear;
        self
    }

    pub fn kill_tree(mut self, whole: bool) -> Self {
        self.surroundings.has_group = whole;
        self
    }
}

impl<S: Starter> Builder<S> {
    /// Sets how much memory of its own the child may have: bytes, or text such as `"256 MiB"`.
    ///
    /// The private writable memory of the process counts (RLIMIT_DATA): heap, stacks of threads,
    /// and what it maps. Shared memory does not count. An allocation beyond the limit fails. A
    /// program that does not handle this, as most do not, aborts. Then
    /// [`Death::violation`](crate::Death::violation) returns
    /// [`OutOfMemory`](crate::Violation::OutOfMemory).
    ///
    /// Such a child prints no backtraces (`RUST_BACKTRACE`): where memory runs out, the Rust
    /// runtime can block without end while it prints one. With at least 256 MiB,
    /// [`Death::backtrace`](crate::Death::backtrace) has the backtrace of a panic as without a
    /// limit.
    ///
    /// The child can also fill the shared memory of its results. So the slots' output regions must
    /// fit into the limit too, or `start…` fails with
    /// [`MemoryLimit`](crate::StartError::MemoryLimit). Without a `max_output_size`, a limit makes
    /// the default smaller if necessary: with 16 slots and a limit of 256 MiB it is about 7 MiB.
    ///
    /// # Examples
    /// ```
    /// # use concurrent_object::{CallError, Violation, concurrent_object};
    /// # struct Decoder;
    /// #[concurrent_object]
    /// impl Decoder {
    ///     pub fn new() -> Self {
    ///         Self
    ///     }
    ///
    ///     pub fn decode(&self, size: usize) -> u8 {
    ///         vec![1_u8; size][size / 2]
    ///     }
    /// }
    ///
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     concurrent_object::init();
    ///     let decoder = DecoderProxy::builder("decoder").memory_limit("64 MiB").start()?;
    ///     assert_eq!(decoder.decode(1 << 20).wait()?, 1);
    ///     let error = decoder.decode(1 << 30).wait().expect_err("more than the limit");
    ///     let CallError::Died { death, .. } = error else { panic!("{error}") };
    ///     assert!(matches!(death.violation(), Some(Violation::OutOfMemory { .. })));
    ///     Ok(())
    /// }
    /// ```
    pub fn memory_limit(self, size: impl IntoSize) -> Self {
        self.with(|options| options.memory_limit(size))
    }

    /// Sets how much processor time the child's process may use in its life, over all calls and
    /// threads: a `Duration`, or text such as `"60s"`.
    ///
    /// Then the kernel ends it with SIGXCPU, and
    /// [`Death::violation`](crate::Death::violation) returns
    /// [`CpuTime`](crate::Violation::CpuTime). The clock has the resolution of the kernel's timer,
    /// some milliseconds. A process that handles or blocks SIGXCPU is killed after the next but one
    /// full second. With a `restart` policy the next process has the whole time again. For the time
    /// of one call see [`timeout`](Self::timeout).
    pub fn cpu_time_limit(self, time: impl IntoTime) -> Self {
        self.with(|options| options.cpu_time_limit(time))
    }

    /// Sets how many descriptors the child may have open (RLIMIT_NOFILE), at least 32.
    ///
    /// About ten of them are the library's. An `open` beyond the limit fails.
    pub fn open_files_limit(self, count: usize) -> Self {
        self.with(|options| options.open_files_limit(count))
    }

    /// Adds this to the nice value of the child, so that other processes get the processor first.
    ///
    /// The values are -20 to 19. Only a privileged program can set a negative one.
    pub fn nice(self, increment: i32) -> Self {
        self.with(|options| options.nice(increment))
    }

    /// Sets on which processors the child runs, by their numbers from 0.
    ///
    /// A processor that does not exist makes the start fail.
    pub fn cpus(self, cpus: impl IntoIterator<Item = usize>) -> Self {
        self.with(|options| options.cpus(cpus))
    }

    /// Sets whether the child begins with an empty environment. By default it inherits that of
    /// this process.
    ///
    /// What [`env`](Self::env) adds is set in both cases, and one variable of the library.
    pub fn env_clear(self, clear: bool) -> Self {
        self.with(|options| options.env_clear(clear))
    }

    /// Sets the working directory of the child. By default it is that of this process.
    pub fn current_dir(self, directory: impl Into<PathBuf>) -> Self {
        self.with(|options| options.current_dir(directory))
    }

    /// Sets whether the processes that the child has started end with it. By default they live on.
    ///
    /// The child then leads a process group of its own, which is killed when the child has ended,
    /// for whatever reason. A process that has left the group (`setsid`) lives on. So do all of
    /// them if other code of this program reaps the child first, as the kernel does if SIGCHLD is
    /// ignored. The keys of a terminal, such as Ctrl-C, do not reach the group.
    pub fn kill_tree(self, whole: bool) -> Self {
        self.with(|options| options.kill_tree(whole))
    }

    /// Sets what the object may do once it is constructed. By default all that its parent may.
    ///
    /// Needs the feature `sandbox`. A path that does not exist, and a kernel that cannot do it,
    /// make the start fail. See [`Sandbox`].
    #[cfg(feature = "sandbox")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sandbox")))]
    pub fn sandbox(self, sandbox: Sandbox) -> Self {
        self.with(|options| options.sandbox(sandbox))
    }
}
