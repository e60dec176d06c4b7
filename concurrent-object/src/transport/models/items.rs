//! Models of a child that streams items and of a parent that reads them.
//!
//! Knows the lines of a ring of items, the sleep flags and the doorbells. Invariants that they
//! check: a parent that waits for the next item and a child that waits for room are woken, and so
//! is a child whose items are dropped. No item is overwritten before it is read. One cell of the
//! reply ring is enough for the notices of one call.

use loom::sync::Arc;
use loom::thread;

use super::channel::Doorbell;
use super::{Message, check, ring, words};
use crate::sync::AtomicU64;
use crate::transport::Bell;
use crate::transport::cancel::CancelWord;
use crate::transport::item_lines::{ItemLines, LINES_WORDS};
use crate::transport::ring::{Consumer, Entry, NOTICE, Producer};
use crate::transport::sleep_flag::SleepFlag;

const CALL: u64 = 7;
const ROOM: u64 = 1;

#[derive(Debug)]
struct Shared {
    lines: Vec<AtomicU64>,
    item: Message,
    replies: Vec<AtomicU64>,
    parent_sleep: AtomicU64,
    child_sleep: AtomicU64,
    cancel: AtomicU64,
    request_bell: Doorbell,
    reply_bell: Doorbell,
}

fn shared() -> Arc<Shared> {
    let shared = Shared {
        lines: words(LINES_WORDS),
        item: Message::default(),
        replies: ring(1),
        parent_sleep: AtomicU64::new(0),
        child_sleep: AtomicU64::new(0),
        cancel: AtomicU64::new(0),
        request_bell: Doorbell::default(),
        reply_bell: Doorbell::default(),
    };
    ItemLines(&shared.lines).begin(CALL);
    Arc::new(shared)
}

/// The child: writes `count` items, or fewer if the parent requests cancellation. Never polls.
fn write_items(shared: &Shared, count: u64) {
    let (lines, mut replies) = (ItemLines(&shared.lines), Producer::default());
    let is_told_to_end = || CancelWord(&shared.cancel).is_requested(CALL);
    for written in 0..count {
        while written - lines.read() == ROOM && !is_told_to_end() {
            let flag = SleepFlag(&shared.child_sleep);
            shared.request_bell.clear();
            flag.announce();
            if written - lines.read() == ROOM && !is_told_to_end() {
                shared.request_bell.wait();
            }
            flag.clear();
        }
        if is_told_to_end() {
            return;
        }
        shared.item.write(written);
        if lines.publish(written + 1) {
            replies.publish(&shared.replies, Entry { slot: NOTICE, call: CALL });
            if SleepFlag(&shared.parent_sleep).must_ring() {
                shared.reply_bell.ring();
            }
        }
    }
}

/// The parent's reader.
struct Reader<'s> {
    shared: &'s Shared,
    read: u64,
    notices: Consumer,
    /// As in `OpenStream`: the first notice is asked for when the call is sent.
    is_asked: bool,
}

impl<'s> Reader<'s> {
    fn new(shared: &'s Shared) -> Self {
        Self { shared, read: 0, notices: Consumer::default(), is_asked: true }
    }

    fn take(&mut self) -> Option<u64> {
        let lines = ItemLines(&self.shared.lines);
        if lines.written() == self.read {
            return None;
        }
        let item = self.shared.item.read();
        self.read += 1;
        lines.set_read(self.read);
        self.ring_for_room();
        Some(item)
    }

    fn ring_for_room(&self) {
        if SleepFlag(&self.shared.child_sleep).must_ring() {
            self.shared.request_bell.ring();
        }
    }

    /// Returns the next item. Sleeps until its notice comes.
    fn next(&mut self) -> u64 {
        loop {
            if let Some(item) = self.take() {
                return item;
            }
            let is_asked = std::mem::replace(&mut self.is_asked, true);
            if !is_asked {
                ItemLines(&self.shared.lines).ask();
                if let Some(item) = self.take() {
                    return item;
                }
            }
            self.await_notice();
        }
    }

    fn await_notice(&mut self) {
        let (shared, flag) = (self.shared, SleepFlag(&self.shared.parent_sleep));
        while self.notices.peek(&shared.replies).is_none() {
            shared.reply_bell.clear();
            flag.announce();
            if !self.notices.watch(&shared.replies).has_come() {
                shared.reply_bell.wait();
            }
            flag.clear();
        }
        self.notices.advance();
        self.is_asked = false;
    }
}

#[test]
fn every_item_is_read_once_though_both_sides_sleep() {
    check(|| {
        let shared = shared();
        let writer = shared.clone();
        let child = thread::spawn(move || write_items(&writer, 3));
        let mut reader = Reader::new(&shared);
        assert_eq!([reader.next(), reader.next(), reader.next()], [0, 1, 2]);
        child.join().expect("the child's part");
    });
}

#[test]
fn a_child_without_room_ends_when_its_items_are_dropped() {
    check(|| {
        let shared = shared();
        let writer = shared.clone();
        let child = thread::spawn(move || write_items(&writer, u64::MAX));
        let mut reader = Reader::new(&shared);
        assert_eq!(reader.next(), 0);
        CancelWord(&shared.cancel).request(CALL);
        reader.ring_for_room();
        child.join().expect("the child's part");
    });
}
