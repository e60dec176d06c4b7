//! The descriptors that the builder passed to this child, until the object's code takes them.
//!
//! The descriptors of an object in a thread are in a thread-local, those of a process in a static.
//! Knows names and descriptors. Invariant: each descriptor has one owner, this list or the object's
//! code, so it is taken at most once.

use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use super::Home;
use crate::descriptor::OwnedFd;

type Named = Vec<(String, OwnedFd)>;

/// Names and descriptors. A process that the object forks has its own copy of this list. No code
/// waits while it holds the lock.
static INHERITED: Mutex<Named> = Mutex::new(Vec::new());

thread_local!(static OF_THREAD: RefCell<Named> = const { RefCell::new(Vec::new()) });

/// Child: stores the descriptors that came with the greeting.
pub(crate) fn keep(names: &[String], descriptors: Vec<OwnedFd>, home: Home) {
    let named: Named = names.iter().cloned().zip(descriptors).collect();
    match home {
        Home::Process => *INHERITED.lock().unwrap_or_else(PoisonError::into_inner) = named,
        Home::Thread => OF_THREAD.set(named),
    }
}

/// Closes the descriptors that the object of the calling thread has not taken.
pub(crate) fn leave_thread() {
    drop(OF_THREAD.take());
}

/// Takes a descriptor that the builder's `inherit_fd` passed to this object's process.
///
/// Call it in the object's constructor or methods. Each descriptor can be taken once in each
/// process of the object; a restarted process receives all of them again. Descriptors that the
/// object does not take stay open until the process exits. Never blocks.
///
/// Returns `None` if the builder passed no descriptor of this name, or if it was taken before.
/// Outside an object's process, always returns `None`. If the object lives in a thread
/// ([`in_thread`](crate::Builder::in_thread)), call it in that thread. Only Linux has this
/// function.
///
/// # Examples
/// ```
/// use std::fs::File;
/// use std::io::{Read, Write};
///
/// use concurrent_object::{concurrent_object, take_inherited_fd};
///
/// struct Logger {
///     log: File,
/// }
///
/// #[concurrent_object]
/// impl Logger {
///     pub fn new() -> Result<Self, String> {
///         let log = take_inherited_fd("log").ok_or("no log was inherited")?;
///         Ok(Self { log: log.into() })
///     }
///
///     pub fn log(&mut self, line: &str) -> Result<(), String> {
///         writeln!(self.log, "{line}").map_err(|error| error.to_string())
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let (mut reader, writer) = std::io::pipe()?;
///     let logger = LoggerProxy::builder("logger").inherit_fd("log", writer).start()?;
///     logger.log("hello").wait()??;
///     logger.terminate()?;
///     drop(logger); // and with it the parent's copy of the writing end
///     let mut text = String::new();
///     reader.read_to_string(&mut text)?;
///     assert_eq!(text, "hello\n");
///     Ok(())
/// }
/// ```
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[must_use = "a descriptor that is dropped is closed"]
pub fn take_inherited_fd(name: &str) -> Option<OwnedFd> {
    // Fails while the thread's TLS is being destroyed. Then its descriptors are closed.
    let of_thread = OF_THREAD.try_with(|named| take_from(&mut named.borrow_mut(), name)).ok().flatten();
    of_thread.or_else(|| take_from(&mut INHERITED.lock().unwrap_or_else(PoisonError::into_inner), name))
}

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
fn take_from(inherited: &mut Named, name: &str) -> Option<OwnedFd> {
    let at = inherited.iter().position(|(known, _)| known == name)?;
    Some(inherited.swap_remove(at).1)
}
