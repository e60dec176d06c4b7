//! A reply that refers to more files than the socket holds: the child asks for room by a notice, which the parent acknowledges.
//! A notice that overruns the ring, or that is not published, leaves both sides waiting, which loom reports.

use std::collections::VecDeque;

use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use super::channel::{Channel, Fate};
use super::check;
use crate::protocol::notice::{FULL, MakeRoom, Notices};
use crate::transport::ring::{Consumer, Entry, InlinePayload, NOTICE, Producer};
use crate::transport::steps::Steps;
use crate::transport::{Bell, Transport};

/// The control socket: it holds one letter, which is the number of the call that it belongs to.
#[derive(Debug, Default)]
struct Socket {
    letter: Mutex<Option<u64>>,
    taken: Condvar,
}

impl Socket {
    /// Sends a letter, if there is room.
    fn send(&self, call: u64) -> Result<bool, ()> {
        let mut letter = self.letter.lock().expect("no panic");
        let has_room = letter.is_none();
        if has_room {
            *letter = Some(call);
        }
        Ok(has_room)
    }

    fn wait_until_sendable(&self) {
        let mut letter = self.letter.lock().expect("no panic");
        while letter.is_some() {
            letter = self.taken.wait(letter).expect("no panic");
        }
    }

    fn receive(&self) -> Option<u64> {
        let letter = self.letter.lock().expect("no panic").take();
        if letter.is_some() {
            self.taken.notify_one();
        }
        letter
    }
}

/// Takes the next entry; sleeps until there is one, so that a lost one is a deadlock.
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

/// The child's part: answers so many calls, each with so many letters.
fn answer_all(channel: &Channel, socket: &Socket, calls: u64, letters: usize) {
    let (mut replies, mut requests, mut notices) = (Producer::default(), Consumer::default(), Notices::default());
    for call in 1..=calls {
        requests.advance();
        for _ in 0..letters {
            let wait = || socket.wait_until_sendable();
            let sent = notices.send_with_room(channel, &mut replies, &requests, || socket.send(call), wait);
            sent.expect("the parent is there");
        }
        assert!(notices.ring_has_room(&replies, &requests));
        channel.publish(&mut replies, Entry { slot: 0, call }, &InlinePayload::default());
    }
}

/// The parent's part: takes replies until these calls are answered, with the letters that belong to them.
fn take_all(channel: &Channel, socket: &Socket, calls: u64, letters: usize) {
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
        for _ in 0..letters {
            let letter = arrived.pop_front().or_else(|| socket.receive());
            assert_eq!(letter, Some(next), "its letters were sent before it");
        }
        next += 1;
    }
}

/// As many cells as there are calls, since the parent answers none before, and one for a notice.
fn check_calls(calls: u64, letters: usize) {
    check(move || {
        let (channel, _leases) = Channel::create(1, (calls as usize + 1).next_power_of_two());
        let socket = Arc::new(Socket::default());
        let (childs, childs_socket) = (channel.attach(Fate::Immortal), socket.clone());
        let child = thread::spawn(move || answer_all(&childs, &childs_socket, calls, letters));
        take_all(&channel, &socket, calls, letters);
        child.join().expect("the child's part");
    });
}

#[test]
fn letters_of_one_reply_that_are_more_than_a_socket_holds_all_arrive() {
    check_calls(1, 4);
}

#[test]
fn letters_of_several_replies_that_are_more_than_a_socket_holds_all_arrive() {
    check_calls(2, 2);
}
