//! The wait for the next request: polls, then sleeps on the request bell.
//!
//! In a process, a thread of its own watches the control socket. An object in a thread has no such
//! thread, so it sleeps on the socket too. While it runs a method, control messages wait in the
//! socket, and a parent that finds the socket full keeps its calls in the backlog.
//!
//! Knows the rings, the bell and the times of snapshots. Invariant: the sleep is announced before
//! the last check for work.

use std::sync::atomic::Ordering;

use super::{Server, SnapshotWriter, Todo};
use crate::clock::Moment;
use crate::transport::Transport;
use crate::transport::doorbell::Woken;
use crate::transport::steps::Steps;

impl Server {
    /// Waits for the next piece of work. Blocks until there is one.
    pub(super) fn next(&self) -> Todo {
        loop {
            if self.is_stopped() {
                return Todo::End;
            }
            if let Some(entry) = self.requests.peek(self.channel.requests()) {
                return Todo::Request(entry);
            }
            if self.snapshot_writer.as_ref().is_some_and(SnapshotWriter::is_due) {
                return Todo::Save;
            }
            // The child polls only for requests. It notices a stop request at the next check before
            // sleep.
            let request = self.requests.watch(self.channel.requests());
            if !self.waiting.look(self.channel.childs_cores(), || request.has_come()) {
                self.sleep_unless(|| request.has_come() || self.is_stopped());
            }
        }
    }

    fn sleep_unless(&self, has_come: impl Fn() -> bool) {
        self.channel.sleep_unless(has_come, || {
            let began = Moment::now();
            self.channel.reply_bell.check_open();
            // After an error (out of memory, say) the caller's loop waits again.
            let messages = self.shared_files.watched_by_server();
            let woken = self.channel.request_bell().wait(messages, self.due_at());
            if messages.is_some() && matches!(woken, Ok(Woken::Other)) {
                self.shared_files.take_in();
            }
            self.waiting.note_sleep(began.elapsed());
            self.waiting.note_woken();
        });
    }

    /// The time at which a snapshot is due even without further calls.
    fn due_at(&self) -> Option<Moment> {
        self.snapshot_writer.as_ref()?.due_at().map(Moment::from)
    }

    fn is_stopped(&self) -> bool {
        // Acquire pairs with the Release with which the parent sets the word.
        self.channel.stop().load(Ordering::Acquire) != 0
    }
}
