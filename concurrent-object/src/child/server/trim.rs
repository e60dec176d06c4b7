//! Returns to the kernel the memory that the child's calls have freed, when the parent requests it.
//!
//! Knows the next input file and the allocator. Invariant: after the reply, the child reads the new
//! input file only.

use std::io;

use super::{Server, empty};
use crate::process::allocator;
use crate::protocol::tag::VALUE;
use crate::transport::ring::Entry;

impl Server {
    /// Replaces the input file by the next one, and returns the allocator's free memory.
    pub(super) fn trim(&mut self, entry: Entry) {
        let file = self.shared_files.next_input().ok_or_else(|| io::Error::other("the parent did not send it"));
        if let Err(error) = file.and_then(|file| self.channel.follow(&file)) {
            // The child can read no further request.
            eprintln!("concurrent-object: this object's process cannot map its new input file: {error}");
            std::process::abort();
        }
        self.shared_files.keep_a_spare();
        // The reply does not say whether the allocator had free memory.
        let _returned = allocator::give_back();
        self.answer(entry, empty(VALUE));
    }
}
