//! Tests replies that come with shared files: sound, missing, unsealed, or named more often than
//! they may be copied.

use std::os::fd::{AsFd, OwnedFd};

use serde::de::DeserializeOwned;

use super::player::{Player, short};
use crate::error::CallError;
use crate::memory::sealed::Unsealed;
use crate::parent::life::phase::Summary;
use crate::process::fd_socket;
use crate::protocol::notice::FULL;
use crate::protocol::tag::VALUE;
use crate::shared::Shared;
use crate::transport::header::Header;
use crate::transport::ring::Entry;

const SIZE: usize = 8192;
const U8: u8 = 1;

fn file() -> Unsealed {
    let mut file = Unsealed::new("test").expect("a memory file");
    file.fill(SIZE, |bytes| bytes.fill(3)).expect("room");
    file
}

pub(super) fn sealed() -> OwnedFd {
    file().seal().expect("sealed")
}

/// A placeholder for this part of the file at this position.
fn placeholder(position: u16, offset: u64, len: u64) -> Vec<u8> {
    [&[0xc7, 19, 105, U8][..], &position.to_be_bytes(), &offset.to_be_bytes(), &len.to_be_bytes()].concat()
}

impl Player {
    /// Child: sends a control message with a file.
    pub(super) fn send(&self, entry: Entry, position: u64, file: impl AsFd) {
        let sent = fd_socket::send(&self.socket, [entry.call, position], Some(file.as_fd())).expect("sent");
        assert_eq!(sent, fd_socket::Sent::Yes);
    }

    /// Child: answers with a short result that comes with `files` files.
    fn answer_with(&mut self, entry: Entry, files: u16, structured: &[u8]) {
        let header = Header::from_words(&short(VALUE, structured), 0).expect("sound");
        self.answer(entry, Header { files, ..header }.to_words());
    }

    /// Parent: returns the outcome of a call whose result comes with the files that `send` sends.
    fn attached<T: DeserializeOwned>(
        &mut self,
        files: u16,
        structured: &[u8],
        send: impl FnOnce(&Self, Entry),
    ) -> Result<T, CallError> {
        let call = self.call(1);
        let (running, _) = self.start_next();
        send(self, running);
        self.answer_with(running, files, structured);
        self.outcome(call)
    }
}

#[track_caller]
fn assert_breaks_off<T: DeserializeOwned>(files: u16, structured: &[u8], send: impl FnOnce(&Player, Entry)) {
    let mut player = Player::ready();
    let error = player.attached::<T>(files, structured, send).err().expect("no result is invented");
    assert!(matches!(error, CallError::Protocol { .. }), "another error: {error}");
    player.wait_for_state("the end", |phase| matches!(phase, Summary::Ended(_)));
    assert!(player.child.has_ended());
}

#[test]
fn sound_files_are_read_as_shared_values_and_as_lists() {
    let mut player = Player::ready();
    let shared =
        player.attached::<Shared<[u8]>>(1, &placeholder(0, 1, 100), |player, entry| player.send(entry, 0, sealed()));
    assert_eq!(shared.expect("sound")[..], [3; 100]);
    let list =
        player.attached::<Vec<u8>>(1, &placeholder(0, 0, SIZE as u64), |player, entry| player.send(entry, 0, sealed()));
    assert_eq!(list.expect("sound"), [3; SIZE]);
    assert!(!player.child.has_ended());
}

#[test]
fn control_messages_for_replies_that_were_never_sent_are_skipped() {
    let mut player = Player::ready();
    let first = player.attached::<u64>(0, &7_u64.to_ne_bytes(), |player, entry| player.send(entry, 0, sealed()));
    assert_eq!(first.expect("sound"), 7);
    let shared =
        player.attached::<Shared<[u8]>>(1, &placeholder(0, 0, 8), |player, entry| player.send(entry, 0, sealed()));
    assert_eq!(shared.expect("sound")[..], [3; 8]);
}

#[test]
fn files_are_received_before_their_reply_when_the_socket_is_full() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    for position in 0..3 {
        player.send(running, position, sealed());
        player.notice(FULL);
        let _polled = player.object.statistics();
        assert!(matches!(fd_socket::receive(&player.socket), fd_socket::Received::Nothing), "the other end is open");
    }
    player.send(running, 3, sealed());
    let last = placeholder(3, 0, 8);
    player.answer_with(running, 4, &last);
    assert_eq!(player.outcome::<Shared<[u8]>>(call).expect("sound")[..], [3; 8]);
}

#[test]
fn missing_files_break_off() {
    let place = placeholder(0, 0, 8);
    assert_breaks_off::<Shared<[u8]>>(1, &place, |_, _| {});
    assert_breaks_off::<Shared<[u8]>>(0, &place, |player, entry| player.send(entry, 0, sealed()));
    assert_breaks_off::<Shared<[u8]>>(1, &place, |player, entry| player.send(entry, 1, sealed()));
    assert_breaks_off::<Shared<[u8]>>(1, &place, |player, entry| {
        player.send(Entry { call: entry.call + 1, ..entry }, 0, sealed());
    });
    assert_breaks_off::<Shared<[u8]>>(2, &place, |player, entry| player.send(entry, 0, sealed()));
    assert_breaks_off::<Shared<[u8]>>(u16::MAX, &place, |player, entry| player.send(entry, 0, sealed()));
    assert_breaks_off::<Shared<[u8]>>(1, &place, |player, entry| {
        assert_eq!(fd_socket::send(&player.socket, [entry.call, 0], None).expect("sent"), fd_socket::Sent::Yes);
    });
}

#[test]
fn files_without_seals_break_off() {
    let place = placeholder(0, 0, 8);
    assert_breaks_off::<Shared<[u8]>>(1, &place, |player, entry| {
        let unsealed = rustix::fs::memfd_create("test", rustix::fs::MemfdFlags::ALLOW_SEALING).expect("a memory file");
        rustix::fs::ftruncate(&unsealed, 8).expect("a size");
        player.send(entry, 0, unsealed);
    });
    assert_breaks_off::<Shared<[u8]>>(1, &place, |player, entry| {
        player.send(entry, 0, std::fs::File::open("/proc/self/exe").expect("it exists"));
    });
    assert_breaks_off::<Shared<[u8]>>(1, &place, |player, entry| player.send(entry, 0, &player.socket));
}

#[test]
fn places_outside_the_files_break_off() {
    for (position, offset, len) in
        [(1, 0, 8), (0, 0, SIZE as u64 + 1), (0, SIZE as u64, 1), (0, u64::MAX, 2), (0, 1, u64::MAX)]
    {
        assert_breaks_off::<Shared<[u8]>>(1, &placeholder(position, offset, len), |player, entry| {
            player.send(entry, 0, sealed());
        });
    }
}

#[test]
fn file_named_twice_is_shared_twice_but_copied_once() {
    let twice = [&[0x92][..], &placeholder(0, 0, SIZE as u64), &placeholder(0, 0, SIZE as u64)].concat();
    let mut player = Player::ready();
    let shared = player.attached::<Vec<Shared<[u8]>>>(1, &twice, |player, entry| player.send(entry, 0, sealed()));
    assert_eq!(shared.expect("sound").len(), 2);
    assert_breaks_off::<Vec<Vec<u8>>>(1, &twice, |player, entry| player.send(entry, 0, sealed()));
    assert_breaks_off::<serde_json::Value>(1, &twice, |player, entry| player.send(entry, 0, sealed()));
}

#[test]
fn unpublished_result_is_read_with_its_files() {
    let mut player = Player::ready();
    let call = player.call(1);
    let (running, _) = player.start_next();
    player.send(running, 0, sealed());
    let header = Header::from_words(&short(VALUE, &placeholder(0, 0, 100)), 0).expect("sound");
    player.answer_unpublished(running, Header { files: 1, ..header }.to_words());
    player.die();
    assert_eq!(player.outcome::<Shared<[u8]>>(call).expect("answered")[..], [3; 100]);
}
