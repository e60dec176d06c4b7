//! Letters on a control socket, after the first message: two numbers, and a descriptor if it is about a file.
//!
//! Knows the socket; what the numbers mean is for others. Nothing here blocks.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

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
    Letter(Words, Option<OwnedFd>),
    /// A letter came, but this process may have no more descriptors: the one in it is lost.
    WithoutDescriptor(Words),
    Nothing,
    /// The other side is gone, or does not keep to the form.
    End,
}

const LENGTH: usize = size_of::<Words>();

/// Sends a letter, if that is possible now.
pub(crate) fn send(socket: impl AsFd, words: Words, descriptor: Option<BorrowedFd<'_>>) -> io::Result<Sent> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptor = descriptor.as_slice();
    let fits = descriptor.is_empty() || ancillary.push(SendAncillaryMessage::ScmRights(descriptor));
    assert!(fits, "there is space for one descriptor");
    let bytes = to_bytes(words);
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    match retry_on_intr(|| sendmsg(&socket, &[IoSlice::new(&bytes)], &mut ancillary, flags)) {
        Ok(_) => Ok(Sent::Yes),
        Err(Errno::AGAIN) => Ok(Sent::NotNow),
        Err(error) => Err(error.into()),
    }
}

/// Waits until a letter can be sent, or the other side is gone.
pub(crate) fn wait_until_sendable(socket: impl AsFd) {
    // Whatever ends it, the next attempt to send tells.
    let _ended = poll(&mut [PollFd::new(&socket, PollFlags::OUT)], None);
}

/// Takes the next letter, if there is one.
pub(crate) fn receive(socket: impl AsFd) -> Received {
    let mut bytes = [0; LENGTH];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let mut take = || retry_on_intr(|| recvmsg(&socket, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, flags));
    // Once, and before what it had sent, the kernel says of another side that is gone that it had not read everything.
    let taken = take().or_else(|error| if error == Errno::CONNRESET { take() } else { Err(error) });
    let message = match taken {
        Ok(message) if message.bytes == LENGTH => message,
        Err(Errno::AGAIN) => return Received::Nothing,
        Ok(_) | Err(_) => return Received::End,
    };
    let words = from_bytes(bytes);
    let descriptor = ancillary.drain().find_map(|part| match part {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    match descriptor {
        None if message.flags.contains(ReturnFlags::CTRUNC) => Received::WithoutDescriptor(words),
        descriptor => Received::Letter(words, descriptor),
    }
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
        assert_eq!(send(&here, [1, u64::MAX], None).expect("sent"), Sent::Yes);
        assert_eq!(send(&here, [2, 0], Some(here.as_fd())).expect("sent"), Sent::Yes);
        assert!(matches!(receive(&there), Received::Letter([1, u64::MAX], None)));
        assert!(matches!(receive(&there), Received::Letter([2, 0], Some(_))));
        drop(here);
        assert!(matches!(receive(&there), Received::End));
    }

    #[test]
    fn letters_of_one_who_is_gone_and_did_not_read_its_own_arrive() {
        let (here, there) = control_socket().expect("a socket");
        assert_eq!(send(&here, [1, 0], None).expect("sent"), Sent::Yes);
        assert_eq!(send(&here, [2, 0], None).expect("sent"), Sent::Yes);
        assert_eq!(send(&there, [3, 0], None).expect("sent"), Sent::Yes);
        drop(here);
        assert!(matches!(receive(&there), Received::Letter([1, 0], None)));
        assert!(matches!(receive(&there), Received::Letter([2, 0], None)));
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
            assert!(matches!(receive(&there), Received::Letter([number, 0], None) if number == expected));
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
