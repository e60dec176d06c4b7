//! Letters on a control socket, after the first message: two numbers, and a descriptor if it is about a file. Several that come with
//! descriptors may travel together, since a socket holds only so many messages.
//!
//! Knows the socket; what the numbers mean is for others. Nothing here blocks.

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

use crate::clock::timespec;
use crate::error::refused::Naming;

/// What stands in a letter.
pub(crate) type Words = [u64; 2];

/// Whether a letter is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// The other side has not read what was sent before.
    NotNow,
}

/// What came.
#[derive(Debug)]
pub(crate) enum Received {
    Message(Words, Option<OwnedFd>),
    /// A letter came, but this process may have no more descriptors: the one in it is lost.
    WithoutDescriptor(Words),
    Nothing,
    /// The other side is gone, or does not keep to the form.
    End,
}

const LENGTH: usize = size_of::<Words>();

/// How many letters travel together at most. The kernel's limit is 253 descriptors.
pub(crate) const MAX_TOGETHER: usize = 128;

/// Sends a letter, if that is possible now.
pub(crate) fn send(socket: impl AsFd, words: Words, descriptor: Option<BorrowedFd<'_>>) -> io::Result<Sent> {
    send_message(socket, &to_bytes(words), descriptor.as_slice())
}

/// Sends letters with descriptors, in their order, in as few messages as possible. `NotNow`: not all of them.
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

/// Waits until a letter can be taken, the other side is gone, or so much time has passed.
pub(crate) fn wait_until_receivable(socket: impl AsFd, limit: Duration) {
    // Whatever ends it, the next attempt to take a letter tells.
    let _ended = poll(&mut [PollFd::new(&socket, PollFlags::IN)], Some(&timespec(limit)));
}

/// Waits until a letter can be sent, or the other side is gone.
pub(crate) fn wait_until_sendable(socket: impl AsFd) {
    // Whatever ends it, the next attempt to send tells.
    let _ended = poll(&mut [PollFd::new(&socket, PollFlags::OUT)], None);
}

/// What a socket holds, which stays there and takes no descriptor.
#[derive(Debug)]
pub(crate) enum Peeked {
    /// A letter, or the first of several that travel together.
    Message(Words),
    Nothing,
    /// The end, or an error: receiving says which.
    Other,
}

/// Looks what would be received.
pub(crate) fn peek(socket: impl AsFd) -> Peeked {
    let mut bytes = [0; LENGTH];
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    match retry_on_intr(|| recv(&socket, &mut bytes, flags)) {
        Ok((_, length)) if length >= LENGTH => Peeked::Message(from_bytes(bytes)),
        Err(Errno::AGAIN) => Peeked::Nothing,
        Ok(_) | Err(_) => Peeked::Other,
    }
}

/// Takes the next letter, if there is one, where none travel together.
pub(crate) fn receive(socket: impl AsFd) -> Received {
    let mut messages = receive_together(socket);
    messages.pop().filter(|_| messages.is_empty()).unwrap_or(Received::End)
}

/// Takes the next message, with one letter or several; or what there is instead.
pub(crate) fn receive_together(socket: impl AsFd) -> Vec<Received> {
    let mut bytes = [0; LENGTH * MAX_TOGETHER];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_TOGETHER))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let mut take = || retry_on_intr(|| recvmsg(&socket, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, flags));
    // Once, and before what it had sent, the kernel says of another side that is gone that it had not read everything.
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
    fn letters_arrive_with_what_is_in_them() {
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
    fn letters_that_travel_together_arrive_in_their_order() {
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
        assert!(matches!(receive(&there), Received::End), "one who takes single letters takes no others");
    }

    #[test]
    fn letters_of_one_who_is_gone_and_did_not_read_its_own_arrive() {
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
    fn a_reader_that_does_not_read_blocks_nobody() {
        let (here, there) = control_socket().expect("a socket");
        let mut count = 0_u64;
        while send(&here, [count, 0], None).expect("sent, or not now") == Sent::Yes {
            count += 1;
        }
        assert!(count > 64, "{count} letters fit");
        for expected in 0..count {
            assert!(matches!(receive(&there), Received::Message([number, 0], None) if number == expected));
        }
        wait_until_sendable(&here);
        assert_eq!(send(&here, [0, 0], None).expect("sent"), Sent::Yes);
    }

    #[test]
    fn what_is_no_letter_is_the_end() {
        let (here, there) = control_socket().expect("a socket");
        rustix::io::write(&here, b"something else").expect("sent");
        assert!(matches!(receive(&there), Received::End));
    }
}
