//! The calls of the library itself: they release memory, and objects behind dropped handles.
//!
//! Knows the next input file and the allocator. Invariant: after the reply, the child reads the new
//! input file only.

use std::io;

use super::{Server, Stop, empty};
use crate::child::{Home, handles};
use crate::process::allocator;
use crate::protocol::tag::VALUE;
use crate::transport::ring::Entry;

impl Server {
    /// Drops the objects behind handles that the parent has dropped. Returns a reason to stop, if
    /// there is one: dropping them may panic.
    pub(super) fn release(&mut self, entry: Entry) -> Option<Stop> {
        let outcome = self.run(entry, |_, arguments, reply| handles::release(arguments, reply));
        self.conclude(entry, outcome, false)
    }

    /// Replaces the input file by the next one, and returns the allocator's free memory. Returns a
    /// reason to stop, if there is one.
    pub(super) fn trim(&mut self, entry: Entry) -> Option<Stop> {
        let file = self.shared_files.next_input().ok_or_else(|| io::Error::other("the parent did not send it"));
        if let Err(error) = file.and_then(|file| self.channel.follow(&file)) {
            // The child can read no further request.
            eprintln!("concurrent-object: this object's process cannot map its new input file: {error}");
            match self.home {
                Home::Process => std::process::abort(),
                Home::Thread => return Some(Stop::Panicked),
            }
        }
        self.shared_files.keep_a_spare();
        // The reply does not say whether the allocator had free memory.
        let _returned = allocator::give_back();
        self.answer(entry, &empty(VALUE))
    }
}
