//! Models of replies that refer to more files than the control socket holds.
//!
//! The child asks for room with a notice, and the parent acknowledges the notice. Knows the notices
//! and a socket for one control message. Invariant that they check: no notice overruns the ring,
//! and none is missing. Otherwise both sides wait for each other, which loom reports as a deadlock.

use std::collections::VecDeque;

use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use super::channel::{Channel, Fate};
use super::check;
use crate::protocol::notice::{FULL, MakeRoom, Notices};
use crate::transport::ring::{Consumer, Entry, InlinePayload, NOTICE, Producer};
use crate::transport::steps::Steps;
use crate::transport::{Bell, Transport};

/// The control socket. It holds one control message: the number of the call that it belongs to.
#[derive(Debug, Default)]
struct Socket {
    message: Mutex<Option<u64>>,
    taken: Condvar,
}

impl Socket {
    /// Sends a control message, if there is room.
    fn send(&self, call: u64) -> Result<bool, ()> {
        let mut message = self.message.lock().expect("no panic");
        let has_room = message.is_none();
        if has_room {
            *message = Some(call);
        }
        Ok(has_room)
    }

    fn wait_until_sendable(&self) {
        let mut message = self.message.lock().expect("no panic");
        while message.is_some() {
            message = self.taken.wait(message).expect("no panic");
        }
    }

    fn receive(&self) -> Option<u64> {
        let message = self.message.lock().expect("no panic").take();
        if message.is_some() {
            self.taken.notify_one();
        }
        message
    }
}

/// Takes the next entry. Sleeps until there is one, so that a lost entry is a deadlock.
fn take(channel: &Channel, replies: &mut Consumer) -> Entry {
    loop {
        if let Some(entry) = replies.peek(channel.replies()) {
            replies.advance();
            return entry;
        }
        channel.reply_bell.clear();
        channel.parent_sleep().announce();
        if !replies.watch(channel.replies()).has_come() {
            channel.reply_bell.wait();
        }
        channel.parent_sleep().clear();
    }
}

/// The child's part: answers this many calls, each with this many control messages.
fn answer_all(channel: &Channel, socket: &Socket, calls: u64, messages: usize) {
    let (mut replies, mut requests, mut notices) = (Producer::default(), Consumer::default(), Notices::default());
    for call in 1..=calls {
        requests.advance();
        for _ in 0..messages {
            let wait = || socket.wait_until_sendable();
            let sent = notices.send_with_room(channel, &mut replies, &requests, || socket.send(call), wait);
            sent.expect("the parent is there");
        }
        assert!(notices.ring_has_room(&replies, &requests));
        channel.publish(&mut replies, Entry { slot: 0, call }, &InlinePayload::default());
    }
}

/// The parent's part: takes replies until these calls are answered, with their control messages.
fn take_all(channel: &Channel, socket: &Socket, calls: u64, messages: usize) {
    let (mut replies, mut arrived) = (Consumer::default(), VecDeque::new());
    let mut next = 1;
    while next <= calls {
        let entry = take(channel, &mut replies);
        if entry.slot == NOTICE {
            assert_eq!(entry.call, FULL);
            channel.make_room(replies, || arrived.extend(std::iter::from_fn(|| socket.receive())));
            continue;
        }
        assert_eq!(entry.call, next);
        for _ in 0..messages {
            let message = arrived.pop_front().or_else(|| socket.receive());
            assert_eq!(message, Some(next), "the child sends a reply's control messages before the reply");
        }
        next += 1;
    }
}

/// Checks this many calls, each with this many control messages. The ring has a cell for each call,
/// because it may hold the replies to all of them, and one for a notice.
fn check_calls(calls: u64, messages: usize) {
    check(move || {
        let (channel, _leases) = Channel::create(1, (calls as usize + 1).next_power_of_two());
        let socket = Arc::new(Socket::default());
        let (childs, childs_socket) = (channel.attach(Fate::Immortal), socket.clone());
        let child = thread::spawn(move || answer_all(&childs, &childs_socket, calls, messages));
        take_all(&channel, &socket, calls, messages);
        child.join().expect("the child's part");
    });
}

#[test]
fn all_control_messages_of_one_reply_arrive_through_a_full_socket() {
    check_calls(1, 4);
}

#[test]
fn all_control_messages_of_several_replies_arrive_through_a_full_socket() {
    check_calls(2, 2);
}
