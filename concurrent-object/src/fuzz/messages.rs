//! Targets for what arrives over the control socket: packets with any bytes and descriptors, the
//! last message of a child, and the first message to it.

use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::allocation::within;
use super::choices::Choices;
use super::runner::{Outcomes, Target, run};
use crate::process::confinement::Confinement;
use crate::process::fd_socket::{MAX_TOGETHER, Received, receive, receive_last, receive_together};
use crate::process::handshake::control_socket;
use crate::protocol::control::{ControlMessage, ReplyFile};
use crate::protocol::hello::{Hello, PROTOCOL};
use crate::protocol::on_panic::OnPanic;
use crate::protocol::refusal;
use crate::transport::layout::Layout;
use crate::wire;

const PACKET: Target = Target { name: "packet", share: 30, seeds: packets, play: play_packet };
const CONTROL: Target = Target { name: "control", share: 50, seeds: controls, play: play_control };
const HELLO: Target = Target { name: "hello", share: 60, seeds: hellos, play: play_hello };

fn packets() -> Vec<Vec<u8>> {
    [(16, 0), (16, 1), (32, 2), (8, 1), (17, 0), (255, 9)].map(|(len, count)| vec![len, 0, count, 5, 5, 5]).to_vec()
}

#[test]
fn packets_are_control_messages_or_the_end() {
    run(&PACKET);
}

thread_local! {
    static SOCKET: (OwnedFd, OwnedFd) = control_socket().expect("a socket");
}

fn play_packet(input: &[u8], outcomes: &mut Outcomes) {
    SOCKET.with(|(here, there)| {
        let mut choices = Choices::new(input);
        while !choices.is_empty() {
            let len = usize::from(choices.byte()) + choices.below(10) * 256;
            let count = choices.below(12);
            let mut bytes = choices.bytes(len.min(64)).to_vec();
            bytes.resize(len, 0x5a);
            let is_single = choices.flag();
            send_packet(here, &bytes, count);
            let is_whole = len > 0 && len.is_multiple_of(16) && len <= 16 * MAX_TOGETHER;
            // A longer packet is cut off at a whole number of messages.
            let messages =
                if is_whole { len / 16 } else { (len.min(16 * MAX_TOGETHER) / 16) * usize::from(len > 2048) };
            let received = if is_single { vec![receive(there)] } else { receive_together(there) };
            outcomes.note((is_single, messages.min(3), count.min(3)));
            if messages == 0 || (is_single && messages > 1) {
                assert!(matches!(received[..], [Received::End]), "{len} bytes: {received:?}");
                continue;
            }
            assert_eq!(received.len(), messages);
            for (at, message) in received.into_iter().enumerate() {
                let Received::Message(words, file) = message else { panic!("another kind: {message:?}") };
                assert_eq!(words.map(u64::to_ne_bytes).as_flattened(), &bytes[at * 16..][..16]);
                assert_eq!(file.is_some(), at < count);
            }
        }
    });
}

fn send_packet(socket: &OwnedFd, bytes: &[u8], count: usize) {
    let descriptors: Vec<BorrowedFd<'_>> = (0..count).map(|_| socket.as_fd()).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(12))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    assert!(count == 0 || ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
    sendmsg(socket, &[IoSlice::new(bytes)], &mut ancillary, SendFlags::DONTWAIT).expect("sent");
}

fn controls() -> Vec<Vec<u8>> {
    vec![b"cannot begin: no room".to_vec(), vec![0; 12], vec![0, 1, 0, 7, 1]]
}

#[test]
fn control_messages_say_what_their_words_say() {
    run(&CONTROL);
}

fn play_control(input: &[u8], outcomes: &mut Outcomes) {
    let reason = refusal::decode(input);
    assert_eq!(reason.is_some(), input.starts_with(b"cannot begin: "));
    outcomes.note(reason.is_some());
    let mut choices = Choices::new(input);
    while !choices.is_empty() {
        let (words, has_descriptor) = ([choices.number(9), choices.number(0)], choices.flag());
        let message = ControlMessage::decode(words, has_descriptor);
        let has_value = [1, 2, 9].contains(&words[0]);
        let carries = ![2, 6, 8].contains(&words[0]);
        let is_known = (1..=9).contains(&words[0]) && (has_value || words[1] == 0);
        assert_eq!(message.is_some(), is_known && carries == has_descriptor, "{words:?} {has_descriptor}");
        assert!(message.is_none_or(|message| message.encode() == words));
        assert_eq!(ReplyFile::decode(words).encode(), words);
        outcomes.note((message.is_some(), words[0].min(10)));
    }
    SOCKET.with(|(here, there)| {
        if !input.is_empty() {
            send_packet(here, input, 0);
            let received = receive_last(there, refusal::MAX_SIZE).expect("a message");
            assert_eq!(received, input);
        }
        assert_eq!(receive_last(there, refusal::MAX_SIZE), None);
    });
}

fn hellos() -> Vec<Vec<u8>> {
    [1000, 1 << 43].map(|limit| wire::to_bytes(&hello(limit)).expect("a message")).to_vec()
}

fn hello(limit: usize) -> Hello {
    Hello {
        protocol: PROTOCOL,
        executable: (1, 2),
        entry: 3,
        type_name: "a::Type".into(),
        name: "name".into(),
        layout: Layout::new(1, limit, limit).expect("it can be mapped"),
        on_panic: OnPanic::Continue,
        snapshots: None,
        constructor: 0,
        structured_offset: 0,
        stack_size: Some(1 << 20),
        prefault: false,
        files: vec![1, 2, 3],
        inherited: vec!["one".into()],
        stderr_has_reader: true,
        confinement: Confinement::default(),
        is_relayed: false,
    }
}

#[test]
fn first_messages_have_a_layout_that_can_be_mapped() {
    run(&HELLO);
}

fn play_hello(input: &[u8], outcomes: &mut Outcomes) {
    let hello = within(1 << 20, || wire::from_bytes::<Hello>(input));
    outcomes.note(hello.as_ref().map(drop).map_err(|error| error.to_string()));
    let Ok(Hello { layout, .. }) = hello else { return };
    assert!((1..4095).contains(&layout.slots));
    for size in [layout.control_file_size(), layout.input_file_size()] {
        assert!(size < 1 << 47, "{layout:?}");
    }
    assert!(layout.ring_words().is_power_of_two());
}
