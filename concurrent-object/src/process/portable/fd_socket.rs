//! Control messages between the parent and the thread of its object.
//!
//! Knows the socket; does not know what the numbers mean. Only the functions `wait_…` block.
//! Sending always finds room.

use std::io;
use std::time::Duration;

use crate::clock::timespec;
use crate::descriptor::portable::socket::Socket;
use crate::descriptor::{AsFd, BorrowedFd, Errno, OwnedFd, PollFd, PollFlags, poll};
use crate::memory::fork::Origin;

/// The two numbers of a control message.
pub(crate) type Words = [u64; 2];

/// Whether a control message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    NotNow,
}

/// What was received.
#[derive(Debug)]
pub(crate) enum Received {
    Message(Words, Option<OwnedFd>),
    WithoutDescriptor(Words),
    Nothing,
    /// A message that is not a control message. Only a process sends one.
    Invalid,
    /// The other side is gone.
    End,
}

/// The parent's end of a control socket.
#[derive(Debug)]
pub(crate) struct ParentSocket(OwnedFd);

impl ParentSocket {
    pub(crate) fn new(socket: OwnedFd, _origin: Origin) -> Self {
        Self(socket)
    }
}

impl AsFd for ParentSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What a socket holds. It stays there.
#[derive(Debug)]
pub(crate) enum Peeked {
    Message(Words),
    Nothing,
    /// The end.
    Other,
}

/// Sends a message. Fails if the other end is closed.
pub(crate) fn send(socket: impl AsFd, words: Words, descriptor: Option<BorrowedFd<'_>>) -> io::Result<Sent> {
    let descriptor = descriptor.map(BorrowedFd::try_clone_to_owned).transpose()?;
    let is_sent = end_of(&socket).is_some_and(|socket| socket.send((words, descriptor)));
    if is_sent { Ok(Sent::Yes) } else { Err(Errno::PIPE.into()) }
}

/// Sends the control messages of a greeting, and the last one, which marks its end.
pub(crate) fn send_greeting(socket: impl AsFd, messages: &[(Words, BorrowedFd<'_>)], last: Words) -> io::Result<()> {
    for &(words, descriptor) in messages {
        send(&socket, words, Some(descriptor))?;
    }
    send(&socket, last, None).map(drop)
}

/// Waits until a message can be received, the other side is gone, or `limit` has passed.
pub(crate) fn wait_until_receivable(socket: impl AsFd, limit: Duration) {
    // The next attempt to receive shows why the wait ended.
    let _ended = poll(&mut [PollFd::new(&socket, PollFlags::IN)], Some(&timespec(limit)));
}

/// Returns at once: sending always finds room.
pub(crate) fn wait_until_sendable(_socket: impl AsFd) {}

/// Returns what would be received next, and leaves it in the socket.
pub(crate) fn peek(socket: impl AsFd) -> Peeked {
    let Some(end) = end_of(&socket) else { return Peeked::Other };
    // Asked first: a message that was sent before the end is received before it.
    let is_closed = end.is_closed();
    match end.peek() {
        Some(words) => Peeked::Message(words),
        None if is_closed => Peeked::Other,
        None => Peeked::Nothing,
    }
}

/// Receives the next message.
pub(crate) fn receive(socket: impl AsFd) -> Received {
    let Some(end) = end_of(&socket) else { return Received::End };
    let is_closed = end.is_closed();
    match end.receive() {
        Some((words, descriptor)) => Received::Message(words, descriptor),
        None if is_closed => Received::End,
        None => Received::Nothing,
    }
}

/// Does the same for the parent, which trusts a thread of its own process.
pub(crate) fn receive_from_child(socket: impl AsFd) -> Received {
    receive(socket)
}

/// Returns `None`: a thread gives no reason for its exit code over the socket.
pub(crate) fn receive_last(_socket: impl AsFd, _max_size: usize) -> Option<Vec<u8>> {
    None
}

/// Closes these descriptors, which are the program's own.
pub(crate) fn close_later(descriptors: impl IntoIterator<Item = OwnedFd>) {
    descriptors.into_iter().for_each(drop);
}

/// Receives the next message, as a list.
pub(crate) fn receive_together(socket: impl AsFd) -> Vec<Received> {
    vec![receive(socket)]
}

fn end_of(socket: &impl AsFd) -> Option<&Socket> {
    socket.as_fd().socket()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::new_event;
    use crate::descriptor::portable::socket::pair;

    #[test]
    fn a_message_arrives_with_its_descriptor_and_then_the_end() {
        let (here, there) = pair();
        let event = new_event().expect("an event");
        assert!(matches!(peek(&there), Peeked::Nothing));
        assert_eq!(send(&here, [1, 2], Some(event.as_fd())).expect("sent"), Sent::Yes);
        assert!(matches!(peek(&there), Peeked::Message([1, 2])));
        assert!(matches!(receive(&there), Received::Message([1, 2], Some(_))));
        assert!(matches!(receive(&there), Received::Nothing));
        drop(here);
        assert!(matches!(receive(&there), Received::End));
        send(&there, [3, 4], None).expect_err("the other end is closed");
    }
}
