//! The child's notices about itself, which travel in the reply ring beside the replies.
//!
//! A result may refer to more shared files than the control socket holds. The child then waits until the parent has emptied
//! the socket, and publishes `FULL` so that the parent does.
//!
//! The naive way publishes `FULL` whenever the socket is full. The child refills the socket while the parent empties it, so one
//! look of the parent can see many notices, and the ring overruns: a reply is lost, and both sides sleep for ever.
//!
//! Here the parent acknowledges a notice *before* it empties the socket (stop-and-wait), and the child publishes the next one only
//! after that. A child that finds the socket full and the notice unacknowledged need only wait until the socket has room: the
//! parent has still to empty it. If the socket became full after it was emptied, the child sees the acknowledgement, since the
//! kernel orders what the parent did before it took a letter with what the child does after it used the letter's room.
//!
//! Knows rings and one word. Invariant: the ring holds at most one `READY` and one `FULL`, and beside them at most one entry
//! for each slot.

use crate::sync::Ordering;
use crate::transport::Transport;
use crate::transport::ring::{Consumer, Entry, InlinePayload, NOTICE, Producer};
use crate::transport::steps::Steps;

/// The notice that the object was constructed.
pub(crate) const READY: u64 = 1;

/// The notice that the socket is full of files that belong to a reply: there is more than it holds.
pub(crate) const FULL: u64 = 2;

/// The child's record of the notices that it published.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    count: u64,
    /// The position after the last `FULL`.
    after_full: u64,
}

impl Notices {
    /// Child: publishes that the object was constructed. Once.
    pub(crate) fn publish_ready(&mut self, channel: &impl Transport, replies: &mut Producer) {
        self.publish(channel, replies, READY);
    }

    /// Child: sends something over the control socket. While the socket has no room (`send` returns false), asks the parent to
    /// empty it, and calls `wait`, which blocks until the socket has room or the parent is gone.
    pub(crate) fn send_with_room<E>(
        &mut self,
        channel: &impl Transport,
        replies: &mut Producer,
        requests: &Consumer,
        send: impl Fn() -> Result<bool, E>,
        wait: impl Fn(),
    ) -> Result<(), E> {
        while !send()? {
            self.ask_for_room(channel, replies, requests);
            wait();
        }
        Ok(())
    }

    fn ask_for_room(&mut self, channel: &impl Transport, replies: &mut Producer, requests: &Consumer) {
        // Acquire pairs with the Release in `MakeRoom::make_room`: the parent has read the cell of the last notice.
        if channel.acknowledged().load(Ordering::Acquire) < self.after_full {
            return;
        }
        assert!(
            self.ring_has_room(replies, requests),
            "a call that is not answered yet has its cell in the reply ring"
        );
        self.publish(channel, replies, FULL);
        self.after_full = replies.position();
    }

    fn publish(&mut self, channel: &impl Transport, replies: &mut Producer, notice: u64) {
        self.count += 1;
        channel.publish(replies, Entry { slot: NOTICE, call: notice }, &InlinePayload::default());
    }

    /// Whether the child has answered fewer calls than it accepted. The parent accepts a call into a slot only after it took
    /// the slot's last reply, so then the ring holds at most one reply for each of the other slots.
    pub(crate) fn ring_has_room(&self, replies: &Producer, requests: &Consumer) -> bool {
        replies.position() - self.count < requests.position()
    }
}

/// The parent's part.
pub(crate) trait MakeRoom: Transport {
    /// Parent: handles the notice `FULL`, which lies before this position in the reply ring. `empty` takes all letters out of
    /// the socket.
    fn make_room<R>(&self, taken: Consumer, empty: impl FnOnce() -> R) -> R {
        // Before the socket is emptied: otherwise the child could fill it again, find its notice unacknowledged, and wait for
        // ever. Release pairs with the Acquire in `Notices::ask_for_room`.
        self.acknowledged().store(taken.position(), Ordering::Release);
        empty()
    }
}

impl<T: Transport> MakeRoom for T {}
