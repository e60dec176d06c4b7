//! The library's threads, which the standard library creates.
//!
//! Invariant: a panic does not leave the thread.

use std::borrow::Cow;
use std::ffi::CStr;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, Builder, JoinHandle};

/// In bytes. As large as the standard library's.
pub(crate) const STACK_SIZE: usize = 2 * 1024 * 1024;

/// A thread that was created here. It is detached if this handle is dropped.
#[derive(Debug)]
pub(crate) struct Thread(JoinHandle<()>);

impl Thread {
    /// Creates a thread with a stack of this size in bytes.
    pub(crate) fn begin(
        name: impl Into<Cow<'static, CStr>>,
        stack_size: usize,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let name = name.into().to_string_lossy().into_owned();
        // The panic's payload may panic when it is dropped, so it is leaked.
        let work = move || catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(std::mem::forget);
        Builder::new().name(name).stack_size(stack_size).spawn(work).map(Self)
    }

    /// Waits until the thread has ended. The thread must not be the calling one.
    pub(crate) fn join(self) {
        // It does not panic.
        let _ended = self.0.join();
    }

    /// Whether the calling thread is this one.
    pub(crate) fn is_current(&self) -> bool {
        self.0.thread().id() == thread::current().id()
    }
}
