//! The child's side: constructs the object, serves its calls, drops it, and exits. The child is a
//! process, or a thread of its parent.
//!
//! Knows the object through `ConcurrentObject` only. This file has the construction and the end;
//! `server` has the calls between them. Invariant: if the object cannot be constructed, the child
//! writes a crash note with the reason before it exits.

pub(crate) mod entry;
pub(crate) mod panic_hook;
pub(crate) mod shared_files;
pub(crate) mod snapshots;

pub(crate) mod arguments;
pub(crate) mod cancel;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[cfg(test)]
pub(crate) mod counting;
pub(crate) mod handles;
pub(crate) mod in_thread;
pub(crate) mod inherited;
pub(crate) mod items;
pub(crate) mod lending;
pub(crate) mod outlet;
pub(crate) mod owner;
pub(crate) mod progress;
pub(crate) mod reply;
pub(crate) mod server;
pub(crate) mod stack;
pub(crate) mod unanswered;
pub(crate) mod views;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::{mem, process};

use crate::protocol::hello::Hello;

pub use self::arguments::ArgumentReader;
use self::arguments::DecodeContext;
pub use self::cancel::is_cancelled;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub use self::inherited::take_inherited_fd;
use self::lending::Lending;
use self::owner::{ViewOwner, Whole};
pub use self::reply::{Answer, Reply};
use self::server::{Server, Stop};
pub(crate) use self::shared_files::SharedFileTable;
use self::snapshots::{Handed, SnapshotWriter};
pub(crate) use self::stack::run_on_stack;
use crate::error::LimitOption;
use crate::memory::sealed::Sealed;
use crate::process::spawn_context;
use crate::protocol::exit_code::PANIC_EXIT_CODE;
use crate::protocol::failure::{CrashRecord, Failure};
use crate::transport::mapped::{Channel, Lease};

/// A type whose values can live in a child process. Implement it with `#[concurrent_object]` only.
pub trait ConcurrentObject: Sized + 'static {
    /// Constructs the object with the constructor of this number.
    #[doc(hidden)]
    fn construct(constructor: u32, arguments: &mut ArgumentReader<'_>) -> Result<Self, Failure>;

    /// Calls the method of this number, and sends its result.
    #[doc(hidden)]
    fn call(&mut self, method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
        let _ = (arguments, reply);
        Err(Failure::no_method(method))
    }

    /// Whether a method returns views of the object. Then `call_lending` calls the methods.
    #[doc(hidden)]
    const LENDS: bool = false;

    /// Calls the method of this number of an object from which views borrow, and sends its result.
    #[doc(hidden)]
    fn call_lending(
        owner: &ViewOwner<Whole<Self>>,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (owner, arguments, reply);
        Err(Failure::no_method(method))
    }

    /// The numbers of the methods that take `self` by value.
    #[doc(hidden)]
    const CONSUMING: &'static [u32] = &[];

    /// The numbers of the methods that take `self` by value and return it.
    #[doc(hidden)]
    const REPLACING: &'static [u32] = &[];

    /// Whether the object can save its state and be restored from it.
    #[doc(hidden)]
    const SAVES: bool = false;

    /// Saves the object's state.
    #[doc(hidden)]
    fn save(&mut self, state: &mut Answer<'_>) -> Result<(), Failure> {
        let _ = state;
        Err(Failure::Malformed { reason: "a snapshot was requested of an object without snapshots".into() })
    }

    /// Constructs the object from a saved state, and from the arguments of the constructor of this
    /// number.
    #[doc(hidden)]
    fn restore(
        constructor: u32,
        state: &mut ArgumentReader<'_>,
        arguments: &mut ArgumentReader<'_>,
    ) -> Result<Self, Failure> {
        let _ = (state, arguments);
        Err(Failure::no_constructor(constructor))
    }

    /// Calls the method of this number, which takes `self` by value, and sends its result.
    #[doc(hidden)]
    fn consume(self, method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
        let _ = (arguments, reply);
        Err(Failure::no_method(method))
    }

    /// Calls the method of this number, which takes `self` by value, and puts back what it returns.
    ///
    /// If the method panics, `held` is left empty.
    #[doc(hidden)]
    fn replace(
        held: &mut Option<Self>,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (held, arguments, reply);
        Err(Failure::no_method(method))
    }
}

/// The parts that a child has received and mapped before it constructs its object.
#[derive(Debug)]
pub(crate) struct Bootstrap {
    pub(crate) hello: Hello,
    pub(crate) channel: Arc<Channel>,
    pub(crate) leases: Vec<Lease>,
    pub(crate) arguments: Sealed,
    pub(crate) shared_files: Arc<SharedFileTable>,
    pub(crate) home: Home,
}

/// Where an object lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// In a process that has no other object.
    Process,
    /// In a thread of its parent.
    Thread,
}

/// Constructs the object, serves its calls, drops it, and exits.
pub(crate) fn run<T: ConcurrentObject>(bootstrap: Bootstrap, methods: &'static [&'static str]) -> ! {
    // The server stays until the process is gone: unmapping its memory would delay the exit.
    let (code, _server) = serve_life::<T>(bootstrap, methods);
    process::exit(code)
}

/// Constructs the object, serves its calls, and drops it. Returns the exit code, and the server if
/// there was an object.
fn serve_life<T: ConcurrentObject>(bootstrap: Bootstrap, methods: &'static [&'static str]) -> (i32, Option<Server>) {
    let pid = process::id();
    let span = tracing::debug_span!(target: "concurrent_object::life", "object", name = bootstrap.hello.name, pid);
    let _in_span = span.enter();
    match bootstrap.home {
        Home::Process => panic_hook::install(bootstrap.channel.clone()),
        Home::Thread => panic_hook::enter_thread(bootstrap.channel.clone()),
    }
    let (object, snapshot_writer) = match construct_or_restore::<T>(&bootstrap) {
        Ok(constructed) => constructed,
        Err(failure) => return (leave_unconstructed(&bootstrap.channel, failure), None),
    };
    if bootstrap.home == Home::Process {
        // The constructor may have set a panic hook, which replaced the one above. Installing again
        // keeps the constructor's hook: the new hook calls it.
        panic_hook::install(bootstrap.channel.clone());
    }
    tracing::debug!(target: "concurrent_object::life", name = bootstrap.hello.name, pid, "constructed");
    #[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
    if let Err(error) = bootstrap.hello.confinement.close(bootstrap.channel.violation()) {
        return (leave_unconstructed(&bootstrap.channel, Failure::Confinement(error)), None);
    }
    let mut server = Server::new(bootstrap, methods, snapshot_writer);
    if T::LENDS {
        let (rest, reason) = server.serve(Lending::new(object));
        return (end(rest, reason), Some(server));
    }
    let (rest, reason) = server.serve(object);
    (end(rest, reason), Some(server))
}

/// Constructs or restores the object. Also returns the writer of its snapshots, if it has any.
fn construct_or_restore<T: ConcurrentObject>(bootstrap: &Bootstrap) -> Result<(T, Option<SnapshotWriter>), Failure> {
    bootstrap.shared_files.take_greeting();
    let Handed { snapshot_buffers, snapshot, directory, inherited } = mem::take(&mut *bootstrap.shared_files.handed());
    if let (Some(directory), Home::Process) = (directory, bootstrap.home) {
        let failed = |error| format!("the child cannot enter the directory in which the object was started: {error}");
        spawn_context::enter(&directory).map_err(|error| Failure::Malformed { reason: failed(error) })?;
    }
    enter_chosen_directory(bootstrap)?;
    inherited::keep(&bootstrap.hello.inherited, inherited, bootstrap.home);
    let snapshot_writer =
        bootstrap.hello.snapshots.map(|when| SnapshotWriter::new(snapshot_buffers, when)).transpose()?;
    let object = match snapshot {
        Some(file) => snapshots::with_state(file, &bootstrap.channel, |state| {
            construct(bootstrap, |constructor, arguments| T::restore(constructor, state, arguments))
        }),
        None => construct(bootstrap, T::construct),
    };
    Ok((object?, snapshot_writer))
}

/// Enters the directory that the builder names.
fn enter_chosen_directory(bootstrap: &Bootstrap) -> Result<(), Failure> {
    let Some(directory) = &bootstrap.hello.confinement.directory else { return Ok(()) };
    let refused = |error| LimitOption::CurrentDir.refused(format!("{}: {error}", directory.display()));
    std::env::set_current_dir(directory).map_err(|error| Failure::Confinement(refused(error)))
}

fn construct<T>(
    bootstrap: &Bootstrap,
    make: impl FnOnce(u32, &mut ArgumentReader<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let bytes = bootstrap.arguments.bytes();
    let cut = bootstrap.hello.structured_offset;
    let beyond = || Failure::Malformed { reason: "the constructor's arguments lie outside their file".into() };
    let (raw, structured) = bytes.split_at_checked(cut).ok_or_else(beyond)?;
    let outside = DecodeContext {
        channel: &bootstrap.channel,
        files: bootstrap.shared_files.look_up(bootstrap.hello.files.iter().copied())?,
    };
    let mut arguments = ArgumentReader::new(structured, raw, &outside);
    let built = catch_unwind(AssertUnwindSafe(|| make(bootstrap.hello.constructor, &mut arguments)));
    built.unwrap_or_else(|payload| Err(Failure::Panicked(panic_hook::caught(payload))))
}

fn end_unconstructed(channel: &Channel, failure: Failure) -> ! {
    process::exit(leave_unconstructed(channel, failure))
}

/// Leaves the reason in the crash note, and returns the exit code.
fn leave_unconstructed(channel: &Channel, failure: Failure) -> i32 {
    let code = if matches!(failure, Failure::Panicked(_)) { PANIC_EXIT_CODE } else { 1 };
    panic_hook::leave(channel, &CrashRecord::NotConstructed(failure.shortened()));
    code
}

/// Drops the object, and returns the exit code. `rest` is `None` if a method has consumed or lost
/// the object.
fn end<T>(rest: Option<T>, reason: Stop) -> i32 {
    let dropped = match reason {
        Stop::Asked | Stop::Consumed => catch_unwind(AssertUnwindSafe(move || {
            handles::drop_all();
            drop(rest);
        })),
        // After a panic the state of the objects may be inconsistent, so their `Drop` does not run
        // either.
        Stop::Panicked => {
            handles::forget_all();
            mem::forget(rest);
            return PANIC_EXIT_CODE;
        }
    };
    tracing::debug!(target: "concurrent_object::life", pid = process::id(), "ends");
    if dropped.is_ok() { 0 } else { PANIC_EXIT_CODE }
}
