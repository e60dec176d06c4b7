//! The wait of a bridge's thread: for events, wishes and requests.
//!
//! Knows the bells. Invariant: the sleep is announced before the last check for work.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Bridge;
use crate::clock::Moment;
use crate::descriptor::AsFd;
use crate::transport::Transport;
use crate::transport::steps::Steps;

impl Bridge<'_> {
    pub(super) fn sleep(&self) {
        let request = self.requests.watch(self.channel.requests());
        let takes_requests = !self.is_stopping && !self.is_broken && self.killed_until.is_none();
        let has_come =
            || self.ends.inbox.has_news() || (takes_requests && (request.has_come() || self.is_asked_to_stop()));
        if !self.waiting.look(self.channel.childs_cores(), has_come) {
            self.channel.sleep_unless(has_come, || {
                let began = Moment::now();
                // After an error (out of memory, say) the caller's loop waits again.
                let _woken = self.channel.request_bell().wait(Some(self.ends.inbox.as_fd()), self.killed_until);
                self.waiting.note_sleep(began.elapsed());
                self.waiting.note_woken();
            });
        }
    }

    pub(super) fn is_asked_to_stop(&self) -> bool {
        let stop: &AtomicU64 = self.channel.stop();
        // Acquire pairs with the Release with which the parent sets the word.
        stop.load(Ordering::Acquire) != 0
    }
}
