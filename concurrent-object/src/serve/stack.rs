//! The stack on which an object is constructed and its methods run.
//!
//! The main thread's stack is as large as `ulimit -s` was when the program was executed, which a parent can change only for itself and
//! all that it starts. So an object that was given a size has a thread of this size, and the main thread waits for it.
//!
//! Knows threads; what runs on them is in `live`.

use std::process;
use std::thread;

use super::{Birth, end_unborn};
use crate::error::failure::Failure;
use crate::link::PANIC_EXIT_CODE;

/// Lives the object's life on the stack that it was given.
pub(crate) fn live_on(birth: Birth, live: fn(Birth) -> !) -> ! {
    let Some(size) = birth.hello.stack_size else { live(birth) };
    let (channel, name) = (birth.channel.clone(), birth.hello.name.clone());
    let builder = thread::Builder::new().name(name).stack_size(size);
    match builder.spawn(move || -> () { live(birth) }) {
        Ok(thread) => {
            // The process ends before the thread does, unless something unwinds out of it.
            let _unwound = thread.join();
            process::exit(PANIC_EXIT_CODE)
        }
        Err(error) => {
            let reason = format!("its `stack_size` of {size} bytes cannot be had: {error}");
            end_unborn(&channel, Failure::Malformed { reason })
        }
    }
}
