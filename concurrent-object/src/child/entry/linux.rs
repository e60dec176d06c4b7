//! How a new process learns that it is a child, and which object it must construct.
//!
//! The child must call a function for one concrete type, which the parent names. The naive way
//! passes a function pointer: it is invalid in the child, because the kernel loads the executable
//! at a random address. A registry of names would need code before `main`. Here each type has a
//! constant `EntryPoint` in the executable, and the parent sends its offset from the load address.
//! Both run the same file, so the child adds its own load address (a *position-independent*
//! reference).
//!
//! Knows the first message and the executable. Does not know what the object does. Invariant: the
//! child jumps to an entry only after it has checked range, alignment, magic and type name.
#![allow(unsafe_code)]

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{io, process};

use crate::child::{self, Bootstrap, ConcurrentObject, Home, SharedFileTable};
use crate::error::refused::{call, errno};
use crate::error::{StartError, described};
use crate::memory::sealed::Sealed;
use crate::memory::{fork, stack};
use crate::process::handshake::{self, Role};
use crate::process::output::bracket;
use crate::process::{allocator, executable, parent_death_pipe, parent_watch, signals};
use crate::protocol::exit_code::BOOTSTRAP_EXIT_CODE;
use crate::protocol::failure::{CrashRecord, Failure};
use crate::protocol::hello::{Hello, PROTOCOL};
use crate::protocol::marker::MARKER;
use crate::protocol::methods::Methods;
use crate::protocol::refusal;
use crate::transport::Transport;
use crate::transport::mapped::{Channel, Files};
use crate::wire;

/// Whether `init` was called in this process.
static INITIALIZED: AtomicBool = AtomicBool::new(false);

/// Whether this process was started like a child, but has more privileges than its starter.
static ELEVATED: AtomicBool = AtomicBool::new(false);

const MORE_THAN_ITS_STARTER: &str = "this process was started like the process of an object, but the system gave it more privileges \
    than its starter has (a security module, say): so it runs the program instead";

/// The entry point of one concrete type. It is a constant in the executable.
#[derive(Debug)]
#[repr(C)]
struct EntryPoint {
    magic: u64,
    type_name: fn() -> &'static str,
    run: fn(Bootstrap) -> !,
}

const MAGIC: u64 = u64::from_ne_bytes(*b"cncr-obj");

/// The offset of an entry from the load address, and the name of its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryPlace {
    offset: usize,
    type_name: &'static str,
}

impl EntryPlace {
    pub(crate) fn offset(self) -> usize {
        self.offset
    }

    pub(crate) fn type_name(self) -> &'static str {
        self.type_name
    }
}

/// Enables this program to start objects. In a process that was started as a child, runs the
/// object.
///
/// Call it first in `main`, before an async runtime starts and before the program creates threads.
/// In an ordinary run it does next to nothing and returns. In a child it never returns: it
/// constructs the object, serves its calls, and exits. Code before it (setting up logging, say)
/// runs in parent and child.
///
/// ```
/// fn main() {
///     concurrent_object::init();
///     // The program.
/// }
/// # struct Something;
/// ```
///
/// A test crate has no `main` to edit: see [`init_before_main!`](crate::init_before_main). Never
/// call `init` in a `#[test]`: each child would run the tests before that one.
///
/// # Panics
/// Panics if the first call is on another thread than the main thread. A child would otherwise run
/// everything that `main` does before this call.
#[track_caller]
pub fn init() {
    if !INITIALIZED.load(Ordering::Relaxed) && rustix::thread::gettid() != rustix::process::getpid() {
        panic!(
            "`concurrent_object::init()` belongs at the beginning of `main`, on the main thread: each child runs the program until \
             it gets there. In a test crate, put `concurrent_object::init_before_main!();` at the top level of the file instead"
        );
    }
    INITIALIZED.store(true, Ordering::Relaxed);
    fork::watch_forks();
    wire::prepare();
    executable::prepare();
    match handshake::role(MARKER) {
        Ok(Role::Program) => {}
        Ok(Role::Child(socket)) => become_child(socket),
        Ok(Role::Orphan) => parent_watch::end_now(),
        // A process with more privileges than its starter must not trust the marker, so it runs the
        // program. It cannot start objects. If it was meant to be a child, each process that it
        // starts would also run the program.
        Ok(Role::Elevated) => ELEVATED.store(true, Ordering::Relaxed),
        Err(error) => {
            fail(rustix::stdio::stdin(), &format!("its standard input cannot be examined: {}", described(&error)))
        }
    }
}

/// The function that [`init_before_main!`](crate::init_before_main) runs before `main`.
pub fn init_early() {
    if std::env::var_os(MARKER.variable).is_some() {
        parent_watch::ignore_broken_pipes();
    }
    init();
}

/// Returns the place of this type's entry. An error if this program cannot start objects.
pub(crate) fn place_of<T: ConcurrentObject, O: Methods>() -> Result<EntryPlace, StartError> {
    if !INITIALIZED.load(Ordering::Relaxed) {
        return Err(StartError::NotInitialized);
    }
    if ELEVATED.load(Ordering::Relaxed) {
        return Err(StartError::Privileges { reason: MORE_THAN_ITS_STARTER });
    }
    let type_name = std::any::type_name::<T>();
    let offset = executable::offset_of(entry_of::<T, O>()).map_err(StartError::system(executable::EXAMINING))?;
    let offset = offset.ok_or(StartError::OutsideExecutable { type_name })?;
    Ok(EntryPlace { offset, type_name })
}

fn entry_of<T: ConcurrentObject, O: Methods>() -> &'static EntryPoint {
    const {
        &EntryPoint {
            magic: MAGIC,
            type_name: std::any::type_name::<T>,
            run: |bootstrap| child::run::<T>(bootstrap, O::METHODS),
        }
    }
}

fn become_child(socket: OwnedFd) -> ! {
    let (message, descriptors) = match handshake::receive(&socket) {
        Ok(received) => received,
        Err(error) if call(&error).is_some() && errno(&error) != Some(libc::ECONNRESET) => {
            fail(&socket, &format!("it cannot receive its first message: {}", described(&error)))
        }
        // The parent has exited, or the socket's other end is no parent of this library.
        Err(_) => parent_watch::end_now(),
    };
    let [control, input, reply_bell, arguments, parent, death_pipe] = descriptors;
    parent_death_pipe::die_with_parent(death_pipe);
    let files = Files { control, input };
    let shared_files = Arc::new(SharedFileTable::new(socket, Home::Process));
    match bootstrap(&message, files, reply_bell, arguments, parent, shared_files.clone()) {
        Ok((entry, bootstrap)) => child::run_on_stack(bootstrap, entry.run),
        Err(reason) => fail(&*shared_files, &reason),
    }
}

type Reason = String;

/// Maps the received files, and closes their descriptors. So neither the object's code nor a
/// process that it forks has these descriptors.
fn bootstrap(
    message: &[u8],
    files: Files,
    reply_bell: OwnedFd,
    arguments: OwnedFd,
    parent: OwnedFd,
    shared_files: Arc<SharedFileTable>,
) -> Result<(&'static EntryPoint, Bootstrap), Reason> {
    let failed = |what: &'static str| move |error: io::Error| format!("{what} failed: {}", described(&error));
    let messages = shared_files.clone();
    let hello: Hello = stack::unmeasured(|| wire::from_bytes(message))
        .map_err(|error| format!("the first message cannot be decoded: {error}"))?;
    let checked_entry = check(&hello);
    parent_watch::be_killed_first();
    let confined = hello.confinement.begin().map_err(Failure::Confinement);
    parent_watch::watch(parent, shared_files.clone(), move || messages.take_in())
        .map_err(failed("watching the parent"))?;
    if hello.stderr_has_reader {
        bracket::expect_reader();
    }
    signals::leave_to_the_parent();
    parent_watch::name_main_thread(&hello.name);
    let kept = hello.layout.input_limit.saturating_add(hello.layout.output_limit);
    allocator::keep(kept, hello.confinement.memory);
    let (mut channel, leases) =
        Channel::attach(hello.layout, &files, reply_bell).map_err(failed("mapping the object's files"))?;
    channel.is_relayed = hello.is_relayed;
    hello.confinement.report_to(channel.violation());
    let checked = confined.and(checked_entry.map_err(malformed)).and_then(|entry| {
        if hello.prefault {
            let populated = channel.populate_as_child().map_err(failed("taking the pages of the object's files"));
            populated.map_err(malformed)?;
        }
        let arguments = Sealed::map(&arguments).map_err(failed("mapping the constructor's arguments"));
        Ok((entry, arguments.map_err(malformed)?))
    });
    match checked {
        Ok((entry, arguments)) => {
            let (channel, home) = (Arc::new(channel), Home::Process);
            Ok((entry, Bootstrap { hello, channel, leases, arguments, shared_files, home }))
        }
        Err(failure) => {
            let reason = words_of(&failure);
            if let Ok(record) = wire::to_bytes(&CrashRecord::NotConstructed(failure)) {
                channel.crash_note().write(&record);
            }
            Err(reason)
        }
    }
}

fn malformed(reason: Reason) -> Failure {
    Failure::Malformed { reason }
}

fn words_of(failure: &Failure) -> Reason {
    match failure {
        Failure::Malformed { reason } => reason.clone(),
        Failure::Confinement(error) => StartError::from(error.clone()).to_string(),
        other => format!("{other:?}"),
    }
}

/// Finds the entry that the message names, and checks it.
fn check(hello: &Hello) -> Result<&'static EntryPoint, Reason> {
    let identity = executable::identity().map_err(|error| format!("the executable cannot be examined: {error}"))?;
    if hello.protocol != PROTOCOL || identity != hello.executable {
        return Err("parent and child are not the same executable".into());
    }
    let entry = executable::address_of::<EntryPoint>(hello.entry);
    let entry = entry.map_err(|error| format!("the executable cannot be examined: {error}"))?;
    let entry = entry.ok_or("the entry lies outside the executable")?;
    let magic: *const u64 = entry.cast();
    // SAFETY: `address_of` checked that the bytes of an `EntryPoint` at this aligned address lie in
    // a readable segment of the executable, which stays loaded. Every bit pattern is a `u64`.
    let magic = unsafe { magic.read() };
    if magic != MAGIC {
        return Err("there is no entry at the offset that the parent sent".into());
    }
    // SAFETY: `address_of` checked range and alignment, and the magic number was checked above. So
    // this is the `EntryPoint` constant that the parent found in the same executable.
    let entry = unsafe { &*entry };
    if (entry.type_name)() != hello.type_name {
        return Err(format!("the entry is for `{}`, not for `{}`", (entry.type_name)(), hello.type_name));
    }
    Ok(entry)
}

/// Reports over the control socket and on standard error why there is no object, and exits.
fn fail(socket: impl AsFd, reason: &str) -> ! {
    handshake::send_last(socket, &refusal::encode(reason));
    eprintln!("concurrent-object: this process was started as an object's process, but {reason}");
    process::exit(BOOTSTRAP_EXIT_CODE)
}
