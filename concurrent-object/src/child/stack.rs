//! The stack on which an object is constructed and its methods run.
//!
//! The main thread's stack is as large as `ulimit -s` was when the program was executed, which a parent can change only for itself and
//! all that it starts. So an object that was given a size has a thread of this size, and the main thread waits for it.
//!
//! Knows threads; what runs on them is in `run`.

use std::{process, thread};

use super::{Bootstrap, end_unconstructed};
use crate::protocol::exit_code::PANIC_EXIT_CODE;
use crate::protocol::failure::Failure;

/// Lives the object's life on the stack that it was given.
pub(crate) fn run_on_stack(bootstrap: Bootstrap, run: fn(Bootstrap) -> !) -> ! {
    let Some(size) = bootstrap.hello.stack_size else { run(bootstrap) };
    let (channel, name) = (bootstrap.channel.clone(), bootstrap.hello.name.clone());
    let builder = thread::Builder::new().name(name).stack_size(size);
    match builder.spawn(move || -> () { run(bootstrap) }) {
        Ok(thread) => {
            // The process ends before the thread does, unless something unwinds out of it.
            let _unwound = thread.join();
            process::exit(PANIC_EXIT_CODE)
        }
        Err(error) => {
            let reason = format!("its `stack_size` of {size} bytes cannot be had: {error}");
            end_unconstructed(&channel, Failure::Malformed { reason })
        }
    }
}
