//! What an object may do once it is constructed: a sandbox, as the builder sets it.
//!
//! Problem: a method that runs foreign code, or reads foreign data, may be taken over. Its process
//! then has all rights of the parent's user. Way here: after the constructor, a filter of system
//! calls (seccomp) takes them away from all threads. Rules about files are Landlock's. Those must
//! hold before the constructor, since most kernels apply them to one thread only.
//!
//! Knows what is allowed, in words; `filter` knows the system calls. Invariant: what is not named
//! is not allowed.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{ConfinementError, LimitOption};

/// What an object may do once it is constructed: an argument of the builder's
/// [`sandbox`](crate::Builder::sandbox).
///
/// Each sandbox allows an object to compute, to allocate memory, to start threads, to answer its
/// calls, to use what its constructor has opened, and to print. What else it may do, its functions
/// say. A system call that is not allowed ends the process, and
/// [`Death::violation`](crate::Death::violation) names the call. Questions about files, which many
/// libraries ask and do without, fail with "permission denied" instead.
///
/// The constructor runs without the filter. So it can load a model, open files and look up names.
/// With rules for files ([`read_only`](Self::read_only), [`read`](Self::read),
/// [`write`](Self::write)) the constructor is bound by these rules, too. From Linux 6.7 on they
/// also keep it from TCP connections, unless [`network`](Self::network) allows them.
///
/// See the chapter "Running code you do not trust" of the [guide](crate::guide).
///
/// # Examples
/// ```
/// use concurrent_object::{CallError, Sandbox, concurrent_object};
///
/// struct Decoder;
///
/// #[concurrent_object]
/// impl Decoder {
///     pub fn new() -> Self {
///         Self
///     }
///
///     pub fn decode(&self, bytes: &[u8]) -> u64 {
///         bytes.iter().map(|&byte| u64::from(byte)).sum()
///     }
///
///     /// What a decoder does that an attacker has taken over.
///     pub fn connect(&self) -> bool {
///         std::net::TcpStream::connect("127.0.0.1:80").is_ok()
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let decoder = DecoderProxy::builder("decoder").sandbox(Sandbox::pure()).start()?;
///     assert_eq!(decoder.decode(&[1, 2, 3]).wait()?, 6);
///     let error = decoder.connect().wait().expect_err("not allowed");
///     assert!(error.to_string().contains("its sandbox does not allow the system call `socket`"));
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Sandbox {
    /// The rules for files; `None` if no file can be opened after the constructor.
    files: Option<FileRules>,
    network: bool,
    spawn: bool,
    executable_memory: bool,
    shared_results: bool,
    strict: bool,
    best_effort: bool,
    /// The names of further system calls.
    allowed: Vec<String>,
}

/// Which files can be used, from before the constructor on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct FileRules {
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
}

impl Sandbox {
    /// A sandbox for objects that only compute: after the constructor they can open, list and look
    /// for no file, reach no network and no other process, start no process, and make no memory
    /// executable.
    pub fn pure() -> Self {
        Self::default()
    }

    /// As [`pure`](Self::pure), but the object can read the files below these paths. Its
    /// constructor can read no others either, and write none.
    ///
    /// Needs Landlock, which Linux has from 5.13 on, if the system has enabled it.
    pub fn read_only(paths: impl IntoIterator<Item: Into<PathBuf>>) -> Self {
        let files = FileRules { read: paths.into_iter().map(Into::into).collect(), write: Vec::new() };
        Self { files: Some(files), ..Self::default() }
    }

    /// A sandbox to begin with: as [`pure`](Self::pure), until further functions allow more.
    pub fn custom() -> Self {
        Self::default()
    }

    /// Allows reading the files below this path. Then the constructor can use no other files
    /// either. Needs Landlock.
    pub fn read(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.get_or_insert_default().read.push(path.into());
        self
    }

    /// Allows reading, writing, creating and deleting the files below this path. Then the
    /// constructor can use no other files either. Needs Landlock of Linux 6.2 or later.
    pub fn write(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.get_or_insert_default().write.push(path.into());
        self
    }

    /// Sets whether the object may use sockets, those of other programs on this machine included. A
    /// name lookup also reads files, such as those in `/etc`.
    pub fn network(self, allow: bool) -> Self {
        Self { network: allow, ..self }
    }

    /// Sets whether the object may start processes and programs. They have the same sandbox. This
    /// also allows executable memory, which each program needs, and signals to all processes of the
    /// same user. A program that does what the sandbox forbids dies of SIGSYS.
    pub fn spawn(self, allow: bool) -> Self {
        Self { spawn: allow, ..self }
    }

    /// Sets whether the object may make memory executable, as compilers at run time do.
    pub fn executable_memory(self, allow: bool) -> Self {
        Self { executable_memory: allow, ..self }
    }

    /// Sets whether methods may make [`Shared`](crate::Shared) values. Such memory does not count
    /// under the builder's `memory_limit`. Arguments can be shared in any case.
    pub fn shared_results(self, allow: bool) -> Self {
        Self { shared_results: allow, ..self }
    }

    /// Allows a system call, by its name, such as `"sched_setaffinity"`. A name that is none is an
    /// error of the start.
    pub fn allow(mut self, system_call: impl Into<String>) -> Self {
        self.allowed.push(system_call.into());
        self
    }

    /// Lets questions about files end the process, too, and so other calls that fail with
    /// "permission denied" by default.
    pub fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// Starts the object without what the kernel cannot do, with a warning of `tracing` in the
    /// child. By default that is the error [`Unsupported`](crate::StartError::Unsupported).
    pub fn best_effort(self) -> Self {
        Self { best_effort: true, ..self }
    }

    /// Checks that the paths exist and that the system calls have names.
    pub(crate) fn check(&self) -> Result<(), ConfinementError> {
        let paths = self.files.iter().flat_map(|files| files.read.iter().chain(&files.write));
        if let Some(path) = paths.into_iter().find(|path| !path.exists()) {
            let reason = format!("{} does not exist, or cannot be seen; create it before the start", path.display());
            return Err(LimitOption::Sandbox.refused(reason));
        }
        match self.allowed.iter().find(|name| number_of(name).is_none()) {
            Some(name) => Err(LimitOption::Sandbox.refused(format!("{name:?} is the name of no system call here"))),
            None => Ok(()),
        }
    }
}

#[cfg(target_os = "linux")]
fn number_of(name: &str) -> Option<i64> {
    name.parse::<syscalls::Sysno>().ok().map(|call| i64::from(call.id()))
}

/// Returns a number that is not used: on this target there are no child processes.
#[cfg(not(target_os = "linux"))]
fn number_of(_name: &str) -> Option<i64> {
    Some(0)
}
