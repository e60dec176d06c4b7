//! The descriptors that the builder passed to this child, until the object's code takes them.
//!
//! Knows names and descriptors. Invariant: each descriptor has one owner, this list or the object's
//! code, so it is taken at most once.

use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};

/// Names and descriptors. A process that the object forks has its own copy of this list. No code
/// waits while it holds the lock.
static INHERITED: Mutex<Vec<(String, OwnedFd)>> = Mutex::new(Vec::new());

/// Child: stores the descriptors that came with the greeting.
pub(crate) fn keep(names: &[String], descriptors: Vec<OwnedFd>) {
    let mut inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
    *inherited = names.iter().cloned().zip(descriptors).collect();
}

/// Takes a descriptor that the builder's `inherit_fd` passed to this object's process.
///
/// Call it in the object's constructor or methods. Each descriptor can be taken once in each
/// process of the object; a restarted process receives all of them again. Descriptors that the
/// object does not take stay open until the process exits. Never blocks.
///
/// Returns `None` if the builder passed no descriptor of this name, or if it was taken before.
/// Outside an object's process, always returns `None`.
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
#[must_use = "a descriptor that is dropped is closed"]
pub fn take_inherited_fd(name: &str) -> Option<OwnedFd> {
    let mut inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
    let at = inherited.iter().position(|(known, _)| known == name)?;
    Some(inherited.swap_remove(at).1)
}
