//! The stack on which an object is constructed and its methods run.
//!
//! The kernel limits the main thread's stack to the value of `ulimit -s` at the time of execution.
//! A parent can change that limit only for itself and for every process that it starts afterwards.
//! So for an object with a `stack_size`, the child runs the object on a second thread of this size.
//! The main thread waits for it.
//!
//! Knows threads. Does not know what runs on them. Invariant: the process exits when the object's
//! thread ends, whether that is the main or the second thread.

use std::{process, thread};

use super::{Bootstrap, end_unconstructed};
use crate::protocol::exit_code::PANIC_EXIT_CODE;
use crate::protocol::failure::Failure;

/// Calls `run` on a stack of the size that the builder set, or on the main thread's stack.
pub(crate) fn run_on_stack(bootstrap: Bootstrap, run: fn(Bootstrap) -> !) -> ! {
    let Some(size) = bootstrap.hello.stack_size else { run(bootstrap) };
    let (channel, name) = (bootstrap.channel.clone(), bootstrap.hello.name.clone());
    let builder = thread::Builder::new().name(name).stack_size(size);
    match builder.spawn(move || -> () { run(bootstrap) }) {
        Ok(thread) => {
            // `run` exits the process, so `join` returns only if the thread unwinds.
            let _unwound = thread.join();
            process::exit(PANIC_EXIT_CODE)
        }
        Err(error) => {
            let reason = format!("a thread with its `stack_size` of {size} bytes cannot be created: {error}");
            end_unconstructed(&channel, Failure::Malformed { reason })
        }
    }
}
