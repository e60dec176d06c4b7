//! The error of a start: why an object could not be started, or did not become ready.
//!
//! Knows what the variants print, and which errors may be temporary. Knows nothing of how a child
//! is started.

pub(super) mod result;
mod system;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::printable::one_line;
use super::{Death, Panic};
use bytesize::ByteSize;

/// Why an object could not be started, or did not become ready.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The program did not call `init()`, so a child would run its `main` from the beginning. No
    /// process was started.
    #[error(
        "`concurrent_object::init()` was not called: add it as the first line of `main`, or put \
         `concurrent_object::init_before_main!();` at the top level of a test crate"
    )]
    NotInitialized,
    /// The object's name cannot be shown in a process list.
    #[error("the object's name {name:?} is invalid: {reason}")]
    #[non_exhaustive]
    InvalidName {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A variable that the builder's `env` added cannot be part of an environment.
    #[error("the environment variable {name:?} cannot be set: {reason}")]
    #[non_exhaustive]
    InvalidVariable {
        /// The name of the variable.
        name: OsString,
        /// What is wrong with the name or the value.
        reason: &'static str,
    },
    /// A descriptor that the builder's `inherit_fd` added has an unusable name, or there are more
    /// descriptors than a child can take.
    #[error("the descriptor {name:?} cannot be inherited: {reason}")]
    #[non_exhaustive]
    InvalidDescriptor {
        /// The name of the descriptor.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An option needs a process, and the object was to live in a thread: the builder's
    /// [`in_thread`](crate::Builder::in_thread) was called, the environment variable
    /// `CONCURRENT_OBJECT_IN_THREAD` is set, or this target is not Linux. Nothing was started.
    #[error("`{option}` needs a process, and this object has none here: {reason}")]
    #[non_exhaustive]
    NeedsProcess {
        /// The option of the builder.
        option: &'static str,
        /// Why a thread cannot have it, and what to do about it.
        reason: String,
    },
    /// A child would not have the privileges of this process. No process was started.
    #[error("a child would not have the privileges of this process: {reason}")]
    #[non_exhaustive]
    Privileges {
        /// Why, and what to do about it.
        reason: &'static str,
    },
    /// A size cannot be parsed.
    #[error("`{option}` is not a size: {text:?}; give bytes as a number, or text such as \"512 KB\" or \"1 GiB\"")]
    #[non_exhaustive]
    InvalidSize {
        /// The option of the builder.
        option: &'static str,
        /// The value that was set.
        text: String,
    },
    /// A thread cannot have a stack of this size.
    #[error("a `stack_size` of {size} bytes is invalid: {reason}")]
    #[non_exhaustive]
    InvalidStackSize {
        /// The size in bytes.
        size: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A limit of the child cannot be set, or has a value that is no limit.
    #[error("`{option}` cannot be set: {}", one_line(reason))]
    #[non_exhaustive]
    InvalidLimit {
        /// The option of the builder.
        option: &'static str,
        /// What is wrong, and what to do about it.
        reason: String,
    },
    /// The builder's `memory_limit` leaves too little memory.
    #[error("a `memory_limit` of {} is too small for the {} that are needed: {}", ByteSize(*limit), ByteSize(*needed), one_line(reason))]
    #[non_exhaustive]
    MemoryLimit {
        /// The limit in bytes.
        limit: u64,
        /// The bytes that are needed.
        needed: u64,
        /// What needs them, and the remedy.
        reason: String,
    },
    /// The kernel cannot do what an option needs.
    #[error("{} is not possible on this system (kernel {})", one_line(what), one_line(kernel))]
    #[non_exhaustive]
    Unsupported {
        /// What is not possible, and what to do about it.
        what: String,
        /// The release of the kernel.
        kernel: String,
    },
    /// A time cannot be parsed.
    #[error("`{option}` is not a time: {text:?}; give a `Duration`, or text such as \"250ms\", \"2 s\" or \"1m 30s\"")]
    #[non_exhaustive]
    InvalidTime {
        /// The option of the builder.
        option: &'static str,
        /// The value that was set.
        text: String,
    },
    /// The number of slots is zero or too large, or their regions together exceed the address
    /// space.
    #[error("{slots} slots of {input_size} bytes of input and {output_size} bytes of output are invalid: {reason}")]
    #[non_exhaustive]
    InvalidLayout {
        /// The number of slots.
        slots: usize,
        /// `max_input_size` in bytes.
        input_size: usize,
        /// `max_output_size` in bytes.
        output_size: usize,
        /// What is wrong, and what to do about it.
        reason: &'static str,
    },
    /// `backing_dir` and `prefault` reserve their memory at the start, so the builder needs
    /// explicit sizes.
    #[error("`backing_dir` and `prefault` reserve memory at the start: set `max_input_size` and `max_output_size` too")]
    SizesNeeded,
    /// The file system of the backing directory has no room for the object's files.
    #[error("{} has no room for the {needed} bytes that the object's files need", directory.display())]
    #[non_exhaustive]
    NoRoom {
        /// The backing directory.
        directory: PathBuf,
        /// The bytes that both files need.
        needed: usize,
        /// The kernel's error.
        #[source]
        source: Arc<io::Error>,
    },
    /// A file for the output of the child could not be opened.
    #[error("`{option}` of the child cannot go to {}: the file cannot be opened{}", path.display(), super::hint(None, source))]
    #[non_exhaustive]
    OutputFile {
        /// The builder's option: `stdout` or `stderr`.
        option: &'static str,
        /// The path of the file.
        path: PathBuf,
        /// The kernel's error.
        #[source]
        source: Arc<io::Error>,
    },
    /// The object's code is not part of the executable, so a child could not find it. Either the
    /// code is in a Rust `dylib`, or the dynamic linker was executed and loaded the program.
    #[error(
        "`{type_name}` is not part of the executable, so a child could not find it: link its crate statically \
         (without `-C prefer-dynamic`, not as a `dylib`), and run the program directly, not as an argument of the dynamic \
         linker"
    )]
    #[non_exhaustive]
    OutsideExecutable {
        /// The name of the object's type.
        type_name: &'static str,
    },
    /// The children of this process are in another process id namespace, after
    /// `unshare(CLONE_NEWPID)` or `setns`. A child would not see its parent, and the end of the
    /// first child would kill all others.
    #[error(
        "objects cannot be started from a process whose children are in another process id namespace: fork after \
         `unshare(CLONE_NEWPID)` or `setns`, and start them in the child"
    )]
    OtherPidNamespace,
    /// An argument of the constructor could not be encoded or decoded.
    #[error("argument `{}` of the constructor could not be passed: {}", one_line(argument), one_line(reason))]
    #[non_exhaustive]
    Argument {
        /// The name of the argument.
        argument: String,
        /// The message of the error.
        reason: String,
    },
    /// A system call failed.
    #[error("{doing} failed{}{}", super::of_call(*call), super::hint(*call, source))]
    #[non_exhaustive]
    System {
        /// What the library was doing.
        doing: &'static str,
        /// The system call that failed, if it is known.
        call: Option<&'static str>,
        /// The kernel's error.
        #[source]
        source: Arc<io::Error>,
    },
    /// The constructor returned an error, or `None`.
    #[error("the constructor failed: {}", one_line(message))]
    #[non_exhaustive]
    Constructor {
        /// The unchanged `Display` of the error. This error prints it in one line, with control
        /// characters escaped.
        message: String,
        /// The `Display` of each of its sources, from the nearest to the root.
        chain: Vec<String>,
    },
    /// The constructor panicked.
    #[error("the constructor panicked: {panic}")]
    #[non_exhaustive]
    ConstructorPanicked {
        /// The message of the panic, and its place in the source.
        panic: Panic,
    },
    /// The constructor took longer than the builder's `ready_timeout`, so the parent killed the
    /// child, or left its thread behind.
    #[error("the constructor did not return within {limit:?}, so the object was ended")]
    #[non_exhaustive]
    ConstructorTimedOut {
        /// The value of `ready_timeout`.
        limit: Duration,
    },
    /// The child died before the object was constructed.
    #[error("{death} during construction")]
    #[non_exhaustive]
    Died {
        /// The report of the death.
        death: Arc<Death>,
    },
    /// The object died once more than its builder's `restart` allows.
    #[error("the object died after {count} restarts")]
    #[non_exhaustive]
    RestartsExhausted {
        /// The number of restarts within the period that the policy counts.
        count: u32,
        /// The last death of the object.
        #[source]
        last: Arc<Death>,
    },
    /// The child started, but could not begin to construct the object.
    #[error("the child could not begin: {}", one_line(reason))]
    #[non_exhaustive]
    Bootstrap {
        /// What the child reported.
        reason: String,
    },
    /// No machine can hold the object now. Try again later. A restart tries again by itself.
    #[error("no host can hold the object: {}", one_line(reason))]
    #[non_exhaustive]
    NoHost {
        /// Which machines the transport has tried, and what it knows of them.
        reason: String,
    },
    /// The machines run another build of the program. Run the same build there and here.
    #[error("the host has another build of the program: here is {}, and there is {}", one_line(ours), one_line(seen))]
    #[non_exhaustive]
    VersionSkew {
        /// The build of this program, or what differs in it.
        ours: String,
        /// The build of the program there.
        seen: String,
    },
    /// The machine does not allow the start. Its operator must allow it.
    #[error("the host does not allow the start: {}", one_line(reason))]
    #[non_exhaustive]
    Denied {
        /// What is not allowed.
        reason: String,
    },
    /// The program ended the object before it was ready.
    #[error("the object was ended on request before it was ready")]
    Ended,
    /// The object is not ready yet. It may become ready later.
    #[error("the object was not ready within {waited:?}")]
    #[non_exhaustive]
    NotReady {
        /// How long the calling thread waited.
        waited: Duration,
    },
    /// This process is a forked copy of the one that has the object or connected to its remote.
    #[error("this process is a forked copy of the one that started the object, or connected to its remote")]
    ForkedCopy,
}
