//! Gives memory back that the child's calls have freed, when the parent asks for it.

use std::io;

use super::{Server, nothing};
use crate::process::allocator;
use crate::protocol::tag::VALUE;
use crate::transport::ring::Entry;

impl Server {
    /// Goes on with another input file, and gives back what the allocator keeps for later.
    pub(super) fn trim(&mut self, entry: Entry) {
        let file = self.shared_files.next_input().ok_or_else(|| io::Error::other("it did not come"));
        if let Err(error) = file.and_then(|file| self.channel.follow(&file)) {
            // There is nothing left to read requests from.
            eprintln!("concurrent-object: this object cannot go on with fresh memory: {error}");
            std::process::abort();
        }
        self.shared_files.keep_a_spare();
        // What there was to give back does not matter to anybody.
        let _some = allocator::give_back();
        self.answer(entry, nothing(VALUE));
    }
}
