//! The shared files that a child has sent for replies that the parent has not read.
//!
//! Problem: files travel over the control socket, and the replies that refer to them through the
//! ring. The child fills the socket, and the parent must empty it before the reply comes. A hostile
//! child sends files for which no reply ever comes, until the parent has no descriptor left, or has
//! the parent pass over messages without end. Way here: the files of a reply have positions in
//! order, and replies come in the order of their calls. A message that is out of order breaks the
//! protocol, so one reply brings no more files than its header can count.
//!
//! Knows files, the socket and call numbers; must not know calls. Invariant: every descriptor here
//! is a memory file.

use std::collections::VecDeque;

use crate::descriptor::OwnedFd;
use crate::process::fd_socket::{ParentSocket, Received, close_later, receive_from_child};
use crate::protocol::control::ReplyFile;
use crate::shared::share::may_keep;

/// More control messages than a socket holds.
const MAX_STALE_MESSAGES: usize = 4096;

/// More control messages than those of one reply and of the replies on their way before it.
const MAX_WAITING_MESSAGES: usize = u16::MAX as usize + MAX_STALE_MESSAGES;

/// More notices of a full socket in a row than a sound child publishes if the parent finds the
/// socket empty. There is at most one: the parent may empty the socket for an earlier notice, or
/// for a reply, just when the child publishes it.
const MAX_TIMES_EMPTY: u32 = 16;

/// The shared files that came with a reply.
#[derive(Debug)]
pub(crate) enum ReplyFiles {
    Kept(Vec<OwnedFd>),
    /// This process has too few descriptors left. The files were closed.
    Lost,
}

/// The control messages for replies that have not been read from the ring.
#[derive(Debug, Default)]
pub(crate) struct ArrivedFiles {
    /// Oldest first.
    arrived: VecDeque<Received>,
    /// How many notices of a full socket in a row have found it empty.
    times_empty: u32,
    /// The call and position that the next message has, if it belongs to the same reply as the
    /// last.
    next: Option<ReplyFile>,
    /// The call whose reply refers to more files than this process has descriptors for.
    refused: Option<u64>,
}

impl ArrivedFiles {
    /// Closes all of them.
    pub(crate) fn close(self) {
        close_files(self.arrived);
    }

    /// Returns the files that came with the reply to this call. The child is not trusted: a reply
    /// without its files breaks the protocol.
    pub(crate) fn take(
        &mut self,
        socket: Option<&ParentSocket>,
        call: u64,
        count: u16,
    ) -> Result<ReplyFiles, &'static str> {
        self.times_empty = 0;
        let mut files = Vec::new();
        let mut lost = false;
        for position in 0..u64::from(count) {
            let expected = ReplyFile { call, position }.encode();
            match self.next_for(socket, call) {
                Some(Received::Message(words, Some(file))) if words == expected => files.push(file),
                Some(Received::WithoutDescriptor(words)) if words == expected => lost = true,
                other => {
                    close_later(files);
                    close_files(other);
                    return Err("a reply without the shared memory that it refers to");
                }
            }
        }
        if lost {
            return Ok(ReplyFiles::Lost);
        }
        Ok(ReplyFiles::Kept(files))
    }

    /// Reads control messages out of the full socket, so that the child can send the rest of a
    /// reply's files. `newest` is the number of the newest call. The child is not trusted: files
    /// beyond what replies may refer to break the protocol, and so do files of no call.
    pub(crate) fn make_room(&mut self, socket: Option<&ParentSocket>, newest: u64) -> Result<(), &'static str> {
        let before = self.arrived.len();
        while self.arrived.len() < before + MAX_STALE_MESSAGES {
            match self.receive(socket) {
                message @ (Received::Message(..) | Received::WithoutDescriptor(_)) => self.arrived.push_back(message),
                Received::Invalid => return Err("an invalid message over the control socket"),
                Received::Nothing | Received::End => break,
            }
        }
        let is_empty = self.arrived.len() == before;
        self.times_empty = if is_empty { self.times_empty + 1 } else { 0 };
        let is_of_no_call = self.next.is_some_and(|next| next.call > newest);
        match () {
            () if is_of_no_call => Err("shared memory for a call that was not sent"),
            () if self.times_empty > MAX_TIMES_EMPTY => Err("a notice of a full socket that is empty"),
            () if self.arrived.len() > MAX_WAITING_MESSAGES => Err("more shared memory than a reply may refer to"),
            () => Ok(()),
        }
    }

    /// Returns the next control message for this call. Closes the files of earlier calls: the child
    /// could not send the replies that they belong to.
    fn next_for(&mut self, socket: Option<&ParentSocket>, call: u64) -> Option<Received> {
        let most = MAX_STALE_MESSAGES + self.arrived.len();
        let mut stale = Vec::new();
        let found = (0..most).find_map(|_| {
            let message = self.arrived.pop_front().unwrap_or_else(|| self.receive(socket));
            match &message {
                Received::Message(words, _) | Received::WithoutDescriptor(words)
                    if ReplyFile::decode(*words).call < call =>
                {
                    stale.push(message);
                    None
                }
                _ => Some(message),
            }
        });
        close_files(stale);
        found
    }

    /// Reads the next control message. If this process has too few descriptors left to keep its
    /// file, closes that file and the others of the same reply.
    fn receive(&mut self, socket: Option<&ParentSocket>) -> Received {
        let message = socket.map_or(Received::End, receive_from_child);
        let (words, file) = match message {
            Received::Message(words, Some(file)) => (words, Some(file)),
            Received::WithoutDescriptor(words) => (words, None),
            // Each message of a child has a file.
            Received::Message(_, None) => return Received::Invalid,
            other => return other,
        };
        let ReplyFile { call, position } = ReplyFile::decode(words);
        if !self.follows(ReplyFile { call, position }) {
            close_later(file);
            return Received::Invalid;
        }
        let is_kept = self.refused != Some(call) && file.as_ref().is_some_and(may_keep);
        if is_kept {
            return Received::Message(words, file);
        }
        // Closed at once: this process has too few descriptors.
        drop(file);
        if self.refused != Some(call) {
            self.refuse(call);
        }
        Received::WithoutDescriptor(words)
    }

    /// Whether a message may come now: it is the next of its reply, or the first of a later reply.
    fn follows(&mut self, file: ReplyFile) -> bool {
        let is_next = self.next == Some(file);
        let is_later = file.position == 0 && self.next.is_none_or(|next| file.call > next.call);
        let follows = (is_next || is_later) && file.position <= u64::from(u16::MAX);
        self.next = Some(ReplyFile { position: file.position.saturating_add(1), ..file });
        follows
    }

    /// Closes the files of a reply, of which this process cannot keep all.
    fn refuse(&mut self, call: u64) {
        self.refused = Some(call);
        for message in &mut self.arrived {
            if let Received::Message(words, file) = message
                && ReplyFile::decode(*words).call == call
            {
                drop(file.take());
                *message = Received::WithoutDescriptor(*words);
            }
        }
    }
}

/// Closes the files of messages. The last close of a large file takes time, and the caller holds
/// locks.
fn close_files(messages: impl IntoIterator<Item = Received>) {
    let files = messages.into_iter().filter_map(|message| match message {
        Received::Message(_, file) => file,
        Received::WithoutDescriptor(_) | Received::Nothing | Received::Invalid | Received::End => None,
    });
    close_later(files);
}
