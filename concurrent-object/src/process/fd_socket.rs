//! Control messages: two numbers, and a descriptor if the message is about a file. They follow the
//! first message on the control socket.
//!
//! Several messages with descriptors may share one packet, since a socket holds only a limited
//! number of packets. Knows the socket; does not know what the numbers mean. Only the functions
//! `wait_…` block.

mod foreign;

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recv, recvmsg, sendmsg,
};

pub(crate) use self::foreign::{ParentSocket, close_later, receive_from_child, receive_last};
use crate::clock::timespec;
use crate::error::refused::Naming;

/// The two numbers of a control message.
pub(crate) type Words = [u64; 2];

/// Whether a control message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// The socket is full: the other side has not read earlier messages.
    NotNow,
}

/// What was received.
#[derive(Debug)]
pub(crate) enum Received {
    Message(Words, Option<OwnedFd>),
    /// A message without its descriptor, which the kernel dropped: this process may open no more.
    WithoutDescriptor(Words),
    Nothing,
    /// A message that is not a control message, or whose descriptor is not a memory file. Only
    /// `receive_from_child` returns this.
    Invalid,
    /// The other side is gone. Functions that do not return `Invalid` return this for it.
    End,
}

const LENGTH: usize = size_of::<Words>();

/// How many messages share one packet at most. The kernel's limit is 253 descriptors.
pub(crate) const MAX_TOGETHER: usize = 128;

/// Sends a message, if the socket has room.
pub(crate) fn send(socket: impl AsFd, words: Words, descriptor: Option<BorrowedFd<'_>>) -> io::Result<Sent> {
    send_message(socket, &to_bytes(words), descriptor.as_slice())
}

/// Sends the control messages of a greeting, and the last one, which marks its end. The socket is
/// still empty, so this does not block.
pub(crate) fn send_greeting(socket: impl AsFd, messages: &[(Words, BorrowedFd<'_>)], last: Words) -> io::Result<()> {
    let sent = match send_together(&socket, messages)? {
        Sent::Yes => send(&socket, last, None)?,
        Sent::NotNow => Sent::NotNow,
    };
    match sent {
        Sent::Yes => Ok(()),
        Sent::NotNow => Err(io::Error::other("more shared memory at once than a socket holds")),
    }
}

/// Sends messages with descriptors, in order, in as few packets as possible. `NotNow`: not all of
/// them were sent.
pub(crate) fn send_together(socket: impl AsFd, messages: &[(Words, BorrowedFd<'_>)]) -> io::Result<Sent> {
    for messages in messages.chunks(MAX_TOGETHER) {
        let bytes: Vec<u8> = messages.iter().flat_map(|&(words, _)| to_bytes(words)).collect();
        let descriptors: Vec<_> = messages.iter().map(|&(_, descriptor)| descriptor).collect();
        if send_message(&socket, &bytes, &descriptors)? == Sent::NotNow {
            return Ok(Sent::NotNow);
        }
    }
    Ok(Sent::Yes)
}

fn send_message(socket: impl AsFd, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<Sent> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_TOGETHER))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fits = descriptors.is_empty() || ancillary.push(SendAncillaryMessage::ScmRights(descriptors));
    assert!(fits, "there is space for so many descriptors");
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    match retry_on_intr(|| sendmsg(&socket, &[IoSlice::new(bytes)], &mut ancillary, flags)) {
        Ok(_) => Ok(Sent::Yes),
        Err(Errno::AGAIN) => Ok(Sent::NotNow),
        Err(error) => Err(error).naming("sendmsg"),
    }
}

/// Waits until a message can be received, the other side is gone, or `limit` has passed.
pub(crate) fn wait_until_receivable(socket: impl AsFd, limit: Duration) {
    // The next attempt to receive shows why the wait ended.
    let _ended = poll(&mut [PollFd::new(&socket, PollFlags::IN)], Some(&timespec(limit)));
}

/// Waits until a message can be sent, or the other side is gone.
pub(crate) fn wait_until_sendable(socket: impl AsFd) {
    // The next attempt to send shows why the wait ended.
    let _ended = poll(&mut [PollFd::new(&socket, PollFlags::OUT)], None);
}

/// What a socket holds. It stays there, and no descriptor is taken.
#[derive(Debug)]
pub(crate) enum Peeked {
    /// A message, or the first of several that share a packet.
    Message(Words),
    Nothing,
    /// The end, or an error: receiving shows which.
    Other,
}

/// Returns what would be received next, and leaves it in the socket.
pub(crate) fn peek(socket: impl AsFd) -> Peeked {
    let mut bytes = [0; LENGTH];
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    match retry_on_intr(|| recv(&socket, &mut bytes, flags)) {
        Ok((_, length)) if length >= LENGTH => Peeked::Message(from_bytes(bytes)),
        Err(Errno::AGAIN) => Peeked::Nothing,
        Ok(_) | Err(_) => Peeked::Other,
    }
}

/// Receives the next message, for a reader that expects one message in each packet.
#[cfg(test)]
pub(crate) fn receive(socket: impl AsFd) -> Received {
    let mut messages = receive_together(socket);
    messages.pop().filter(|_| messages.is_empty()).unwrap_or(Received::End)
}

/// Receives the next packet, with one message or several. Otherwise returns one item that says why
/// there is none.
pub(crate) fn receive_together(socket: impl AsFd) -> Vec<Received> {
    let mut bytes = [0; LENGTH * MAX_TOGETHER];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_TOGETHER))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let mut take = || retry_on_intr(|| recvmsg(&socket, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, flags));
    // If the other side closed the socket with unread messages in it, the kernel reports ECONNRESET
    // once. What the other side had sent before comes after that.
    let taken = take().or_else(|error| if error == Errno::CONNRESET { take() } else { Err(error) });
    let message = match taken {
        Ok(message) if message.bytes > 0 && message.bytes % LENGTH == 0 => message,
        Err(Errno::AGAIN) => return vec![Received::Nothing],
        Ok(_) | Err(_) => return vec![Received::End],
    };
    let mut descriptors = Vec::new();
    for part in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = part {
            descriptors.extend(received);
        }
    }
    let (mut descriptors, lost) = (descriptors.into_iter(), message.flags.contains(ReturnFlags::CTRUNC));
    let messages = bytes[..message.bytes].as_chunks().0.iter().map(|&bytes| match (descriptors.next(), lost) {
        (None, true) => Received::WithoutDescriptor(from_bytes(bytes)),
        (descriptor, _) => Received::Message(from_bytes(bytes), descriptor),
    });
    messages.collect()
}

fn to_bytes(words: Words) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *chunk = word.to_ne_bytes();
    }
    bytes
}

fn from_bytes(bytes: [u8; LENGTH]) -> Words {
    let words = bytes.as_chunks().0;
    std::array::from_fn(|at| u64::from_ne_bytes(words[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::handshake::control_socket;

    #[test]
    fn control_messages_arrive_with_their_content() {
        let (here, there) = control_socket().expect("a socket");
        assert!(matches!(receive(&there), Received::Nothing));
        assert!(matches!(peek(&there), Peeked::Nothing));
        assert_eq!(send(&here, [1, u64::MAX], None).expect("sent"), Sent::Yes);
        assert_eq!(send(&here, [2, 0], Some(here.as_fd())).expect("sent"), Sent::Yes);
        assert!(matches!(peek(&there), Peeked::Message([1, u64::MAX])));
        assert!(matches!(receive(&there), Received::Message([1, u64::MAX], None)));
        assert!(matches!(receive(&there), Received::Message([2, 0], Some(_))));
        drop(here);
        assert!(matches!(peek(&there), Peeked::Other));
        assert!(matches!(receive(&there), Received::End));
    }

    #[test]
    fn control_messages_in_one_packet_arrive_in_order() {
        let (here, there) = control_socket().expect("a socket");
        let messages: Vec<_> = (0..MAX_TOGETHER as u64 + 2).map(|number| ([7, number], here.as_fd())).collect();
        assert_eq!(send_together(&here, &messages).expect("sent"), Sent::Yes);
        let mut expected = 0;
        for count in [MAX_TOGETHER, 2] {
            let received = receive_together(&there);
            assert_eq!(received.len(), count);
            for message in received {
                assert!(
                    matches!(message, Received::Message([7, number], Some(_)) if number == expected),
                    "{message:?}"
                );
                expected += 1;
            }
        }
        assert!(matches!(receive(&there), Received::Nothing));
        assert_eq!(send_together(&here, &messages[..2]).expect("sent"), Sent::Yes);
        assert!(matches!(receive(&there), Received::End), "a reader of single messages rejects a shared packet");
    }

    #[test]
    fn control_messages_arrive_after_the_sender_closed_with_unread_input() {
        let (here, there) = control_socket().expect("a socket");
        assert_eq!(send(&here, [1, 0], None).expect("sent"), Sent::Yes);
        assert_eq!(send(&here, [2, 0], None).expect("sent"), Sent::Yes);
        assert_eq!(send(&there, [3, 0], None).expect("sent"), Sent::Yes);
        drop(here);
        assert!(matches!(receive(&there), Received::Message([1, 0], None)));
        assert!(matches!(receive(&there), Received::Message([2, 0], None)));
        assert!(matches!(receive(&there), Received::End));
    }

    #[test]
    fn sending_to_a_full_socket_does_not_block() {
        let (here, there) = control_socket().expect("a socket");
        let mut count = 0_u64;
        while send(&here, [count, 0], None).expect("sent, or not now") == Sent::Yes {
            count += 1;
        }
        assert!(count > 64, "{count} messages fit");
        for expected in 0..count {
            assert!(matches!(receive(&there), Received::Message([number, 0], None) if number == expected));
        }
        wait_until_sendable(&here);
        assert_eq!(send(&here, [0, 0], None).expect("sent"), Sent::Yes);
    }

    #[test]
    fn input_that_is_no_control_message_is_the_end() {
        let (here, there) = control_socket().expect("a socket");
        rustix::io::write(&here, b"something else").expect("sent");
        assert!(matches!(receive(&there), Received::End));
    }
}
