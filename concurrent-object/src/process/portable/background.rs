//! Creates the library's own threads.
//!
//! They are threads of the standard library. They do not block the program's signals.

use std::borrow::Cow;
use std::ffi::CStr;
use std::io;

use super::thread::{STACK_SIZE, Thread};

/// Creates a thread of this name.
pub(crate) fn spawn(name: &'static CStr, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    spawn_with_stack(name, STACK_SIZE, work).map(drop)
}

/// Creates such a thread with a stack of this size in bytes.
pub(crate) fn spawn_with_stack(
    name: impl Into<Cow<'static, CStr>>,
    stack_size: usize,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<Thread> {
    Thread::begin(name, stack_size, work)
}
