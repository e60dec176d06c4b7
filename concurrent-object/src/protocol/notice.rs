//! The child's notices about itself, which travel in the reply ring beside the replies.
//!
//! Problem: a result may refer to more shared files than the control socket holds. The child then
//! waits until the parent has emptied the socket, and publishes `FULL` to request that.
//!
//! The naive way publishes `FULL` whenever the socket is full. The child refills the socket while
//! the parent empties it, so the ring can fill with notices faster than the parent polls it. The
//! ring overruns, a reply is lost, and both sides sleep without end.
//!
//! Here the parent acknowledges a notice *before* it empties the socket (stop-and-wait). The child
//! publishes the next notice only after that. If the socket is full and the notice unacknowledged,
//! the child only waits for room: the parent has yet to empty the socket. If the socket became full
//! after it was emptied, the child sees the acknowledgement. The kernel orders the parent's writes
//! before it received a message with the child's reads after it used the room of that message.
//!
//! `ITEMS` needs no acknowledgement: the parent asks for each, and asks again only when it has
//! received it (`parent/calls/streams.rs`).
//!
//! Knows rings and one word. Invariant: the ring holds at most one `READY`, one `FULL`, and for
//! each slot one reply and one `ITEMS`.

use crate::sync::Ordering;
use crate::transport::ring::{Consumer, Entry, NOTICE, Producer};
use crate::transport::steps::Steps;
use crate::transport::{Bell, Transport};

/// The notice that the object was constructed.
pub(crate) const READY: u64 = 1;

/// The notice that the files of one reply have filled the socket, and that there are more of them.
pub(crate) const FULL: u64 = 2;

/// The notice that a method has written an item which the parent waits for. The first word of its
/// payload is the number of the call.
pub(crate) const ITEMS: u64 = 3;

/// The child's record of the notices that it published.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    count: u64,
    /// The ring position after the last `FULL`.
    after_full: u64,
}

impl Notices {
    /// Child: publishes that the object was constructed. Called once.
    pub(crate) fn publish_ready(&mut self, channel: &impl Transport, replies: &mut Producer) {
        self.publish(channel, replies, READY, 0);
    }

    /// Child: publishes that the running method has written an item. Called once for each time that
    /// the parent asks.
    pub(crate) fn publish_items(&mut self, channel: &impl Transport, replies: &mut Producer, call: u64) {
        self.publish(channel, replies, ITEMS, call);
        // The driver may wait for many replies, but the reader waits for this item.
        if channel.parent_sleep().must_ring_before_sleep() {
            channel.reply_bell().ring();
        }
    }

    /// Child: sends a message over the control socket. While the socket has no room (`send` returns
    /// false), it asks the parent to empty the socket, and calls `wait`. `wait` blocks until the
    /// socket has room or the parent is gone.
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
        // Acquire pairs with the Release in `MakeRoom::make_room`: the parent has read the cell of
        // the last notice.
        if channel.acknowledged().load(Ordering::Acquire) < self.after_full {
            return;
        }
        assert!(
            self.ring_has_room(replies, requests),
            "a call that is not answered yet has its cell in the reply ring"
        );
        self.publish(channel, replies, FULL, 0);
        self.after_full = replies.position();
    }

    fn publish(&mut self, channel: &impl Transport, replies: &mut Producer, notice: u64, about: u64) {
        self.count += 1;
        let payload = [about, 0, 0, 0, 0, 0, 0];
        channel.publish(replies, Entry { slot: NOTICE, call: notice }, &payload);
    }

    /// Whether the child has answered fewer calls than it accepted. The parent sends a call to a
    /// slot only after it took the last reply of that slot. So if this is true, the ring holds at
    /// most one reply for each of the other slots.
    pub(crate) fn ring_has_room(&self, replies: &Producer, requests: &Consumer) -> bool {
        replies.position() - self.count < requests.position()
    }
}

/// The parent's side of the notices.
pub(crate) trait MakeRoom: Transport {
    /// Parent: handles the notice `FULL`, which lies before the position `taken` in the reply ring.
    /// `empty` receives all messages from the socket.
    fn make_room<R>(&self, taken: Consumer, empty: impl FnOnce() -> R) -> R {
        // This store comes before the socket is emptied. Otherwise the child could fill the socket
        // again, find its notice unacknowledged, and wait without end. Release pairs with the
        // Acquire in `Notices::ask_for_room`.
        self.acknowledged().store(taken.position(), Ordering::Release);
        empty()
    }
}

impl<T: Transport> MakeRoom for T {}
