//! An object in a thread of its parent, served by the same code as in a process.
//!
//! Problem: a child process has statics for what belongs to its one object: the running call, the
//! descriptors, the panic hook. A program may have several objects in threads. Way: these things
//! are in thread-locals, and this thread empties them when the object has ended.
//!
//! Knows the parts that the parent has made. Does not know who waits for the thread. Invariant:
//! when `run` returns, this thread refers to nothing of the object.

use std::sync::Arc;

use super::{Bootstrap, ConcurrentObject, Home, SharedFileTable, cancel, inherited, panic_hook, serve_life};
use crate::protocol::thread_start::ThreadStart;

/// Constructs the object on the calling thread, serves its calls and drops it. Returns the code
/// with which a process would exit.
pub(crate) fn run<T: ConcurrentObject>(start: ThreadStart, methods: &'static [&'static str]) -> i32 {
    let ThreadStart { hello, channel, leases, arguments, socket } = start;
    let (channel, home) = (Arc::new(channel), Home::Thread);
    let shared_files = Arc::new(SharedFileTable::new(socket, home));
    let (code, server) = serve_life::<T>(Bootstrap { hello, channel, leases, arguments, shared_files, home }, methods);
    drop(server);
    cancel::leave_thread();
    inherited::leave_thread();
    panic_hook::leave_thread();
    code
}
