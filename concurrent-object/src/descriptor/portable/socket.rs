//! A pair of connected ends that pass two numbers and a descriptor at a time.
//!
//! Stands for the control socket. Knows no meaning of the numbers. Invariants: messages keep their
//! order. What an end has sent is received even if that end is closed meanwhile. Sending never
//! blocks: there is no limit, since both ends belong to one program.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::alarm::Readiness;
use super::{OwnedFd, Referent};

/// Two numbers, and a descriptor if the message is about a file.
pub(crate) type Message = ([u64; 2], Option<OwnedFd>);

/// One end.
#[derive(Debug)]
pub(crate) struct Socket {
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
}

/// What goes in one direction.
#[derive(Debug, Default)]
struct Pipe {
    state: Mutex<PipeState>,
    /// Set while there is a message, and after the end.
    readable: Readiness,
}

#[derive(Debug, Default)]
struct PipeState {
    messages: VecDeque<Message>,
    is_closed: bool,
}

/// Returns two connected ends.
pub(crate) fn pair() -> (OwnedFd, OwnedFd) {
    let (one, other) = (Arc::<Pipe>::default(), Arc::<Pipe>::default());
    let first = Socket { incoming: one.clone(), outgoing: other.clone() };
    let second = Socket { incoming: other, outgoing: one };
    (OwnedFd::of(Referent::Socket(first)), OwnedFd::of(Referent::Socket(second)))
}

impl Socket {
    /// Sends a message. Returns false if the other end is closed.
    pub(crate) fn send(&self, message: Message) -> bool {
        let mut state = self.outgoing.state();
        if state.is_closed {
            return false;
        }
        state.messages.push_back(message);
        self.outgoing.readable.set();
        true
    }

    /// Takes the next message. `None`: there is none.
    pub(crate) fn receive(&self) -> Option<Message> {
        let mut state = self.incoming.state();
        let message = state.messages.pop_front();
        if state.messages.is_empty() && !state.is_closed {
            self.incoming.readable.clear();
        }
        message
    }

    /// Returns the numbers of the next message, and leaves it there.
    pub(crate) fn peek(&self) -> Option<[u64; 2]> {
        self.incoming.state().messages.front().map(|(words, _)| *words)
    }

    /// Whether the other end is closed. Messages may be left.
    pub(crate) fn is_closed(&self) -> bool {
        self.incoming.state().is_closed
    }

    /// The event that is set while a message can be received, and after the other end was closed.
    pub(super) fn incoming(&self) -> &Readiness {
        &self.incoming.readable
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.outgoing.close();
        self.incoming.close();
        // Not dropped under the lock: a message may have the last reference to another end.
        let unread = std::mem::take(&mut self.incoming.state().messages);
        drop(unread);
    }
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, PipeState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.state().is_closed = true;
        self.readable.set();
    }
}

#[cfg(test)]
mod tests {
    use super::super::AsFd;
    use super::*;

    #[test]
    fn messages_arrive_in_order_and_after_their_sender_was_closed() {
        let (here, there) = pair();
        let end = |descriptor: &OwnedFd| descriptor.as_fd().socket().map(Socket::is_closed);
        assert!(here.as_fd().socket().is_some_and(|here| here.send(([1, 0], None)) && here.send(([2, 0], None))));
        assert_eq!(end(&there), Some(false));
        drop(here);
        let there = there.as_fd().socket().expect("a socket");
        assert!(there.is_closed() && there.incoming().is_set());
        assert_eq!(there.peek(), Some([1, 0]));
        let received: Vec<_> = std::iter::from_fn(|| there.receive()).map(|(words, _)| words[0]).collect();
        assert_eq!(received, [1, 2]);
        assert!(!there.send(([3, 0], None)), "the other end is closed");
    }

    #[test]
    fn an_end_is_readable_while_a_message_is_there() {
        let (here, there) = pair();
        let (here, there) = (here.as_fd().socket().expect("a socket"), there.as_fd().socket().expect("a socket"));
        assert!(!there.incoming().is_set());
        here.send(([7, 7], None));
        assert!(there.incoming().is_set());
        assert_eq!(there.receive().map(|(words, _)| words), Some([7, 7]));
        assert!(!there.incoming().is_set() && there.receive().is_none());
    }
}
