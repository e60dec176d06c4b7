//! Shared files on their way between parent and child, over the control socket.
//!
//! Knows files and which of them the child has; knows no calls but their numbers. Invariant: the child has a file from the time
//! when a call first refers to it until nobody in this process holds it any more; calls hold what they refer to.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustix::io::Errno;

use crate::error::refused::errno;
use crate::memory::fork::Origin;
use crate::process::fd_socket::{self, Received, Sent, Words};
use crate::process::handshake::take_reason;
use crate::protocol::control::{ControlMessage, ReplyFile};
use crate::shared::file::{Recipient, SharedFile};
use crate::shared::share::may_keep;

/// More letters than a socket holds.
const MAX_STALE_MESSAGES: usize = 4096;

/// More letters than belong to one reply, and to the replies before it that are on their way.
const MAX_WAITING_MESSAGES: usize = u16::MAX as usize + MAX_STALE_MESSAGES;

/// More often than the files of one reply can fill a socket, and the replies before it.
const MAX_TIMES_FULL: u32 = 1 << 16;

/// The parent's end of the control socket.
#[derive(Debug)]
pub(crate) struct SentFiles {
    origin: Origin,
    state: Mutex<SocketState>,
}

#[derive(Debug, Default)]
struct SocketState {
    /// Nothing between two processes.
    socket: Option<Arc<OwnedFd>>,
    /// What the child has.
    known: BTreeSet<u64>,
    /// What it has, and is to be told to let go.
    dropped: VecDeque<u64>,
    /// Letters of replies that are still to come, oldest first.
    arrived: VecDeque<Received>,
    /// How often the socket was full since the last reply with files.
    times_full: u32,
    /// What it could not take for want of descriptors, and is to get again.
    lacking: BTreeSet<u64>,
    /// The call whose reply refers to more files than this process takes.
    refused: Option<u64>,
}

/// What came with a reply.
#[derive(Debug)]
pub(crate) enum ReplyFiles {
    Kept(Vec<OwnedFd>),
    /// This process may have no more descriptors: they are lost.
    Lost,
}

/// What the first letters say, which lie in the socket before the child looks.
pub(crate) fn first_messages(files: &[Arc<SharedFile>]) -> Vec<(Words, BorrowedFd<'_>)> {
    files.iter().map(|file| (ControlMessage::Keep { id: file.id() }.encode(), file.descriptor())).collect()
}

impl SentFiles {
    /// `first`: what the child got with the first letters.
    pub(crate) fn new(socket: OwnedFd, origin: Origin, first: &[Arc<SharedFile>]) -> Arc<Self> {
        let files = Arc::new(Self { origin, state: Mutex::default() });
        files.connect(socket, first);
        files
    }

    /// There is another child. `first`: what it got with the first letters.
    pub(crate) fn connect(self: &Arc<Self>, socket: OwnedFd, first: &[Arc<SharedFile>]) {
        let known = first.iter().map(|file| file.id()).collect();
        *self.state() = SocketState { socket: Some(Arc::new(socket)), known, ..SocketState::default() };
        first.iter().for_each(|file| file.add_recipient(self.recipient()));
    }

    /// The child is gone: what is to be passed on waits for the next one.
    pub(crate) fn hang_up(&self) {
        *self.state() = SocketState::default();
    }

    /// To be waited for until it can be written to.
    pub(crate) fn socket(&self) -> Option<Arc<OwnedFd>> {
        self.state().socket.clone()
    }

    /// Sees to it that the child has these files, if it can take them now. Never blocks.
    #[inline]
    pub(crate) fn pass_on(self: &Arc<Self>, files: &[Arc<SharedFile>]) -> io::Result<Sent> {
        if files.is_empty() { Ok(Sent::Yes) } else { self.pass_each_on(files) }
    }

    fn pass_each_on(self: &Arc<Self>, files: &[Arc<SharedFile>]) -> io::Result<Sent> {
        let mut state = self.state();
        if state.socket.is_none() {
            // The next child gets with its first letters what the calls refer to that are in slots by then.
            return Ok(Sent::Yes);
        }
        for file in files {
            if state.known.contains(&file.id()) && !state.lacking.contains(&file.id()) {
                continue;
            }
            if state.send(ControlMessage::Keep { id: file.id() }, Some(file.descriptor()))? == Sent::NotNow {
                return Ok(Sent::NotNow);
            }
            state.known.insert(file.id());
            state.lacking.remove(&file.id());
            file.add_recipient(self.recipient());
        }
        state.send_released();
        Ok(Sent::Yes)
    }

    /// Why the child, which has ended, could not begin, if it has said so.
    pub(crate) fn take_reason(&self) -> Option<String> {
        self.socket().and_then(take_reason)
    }

    /// The child could not take all of these: it gets them again with the next call that refers to them.
    pub(crate) fn note_lacking(&self, files: &[Arc<SharedFile>]) {
        let mut state = self.state();
        let known: Vec<_> = files.iter().map(|file| file.id()).filter(|id| state.known.contains(id)).collect();
        state.lacking.extend(known);
    }

    /// Sends a file that is for the child alone.
    pub(crate) fn send_file(&self, message: ControlMessage, file: &OwnedFd) -> io::Result<Sent> {
        self.state().send(message, Some(file.as_fd()))
    }

    /// Has the child end, if it reads its letters.
    pub(crate) fn send_die(&self) {
        // One that cannot be told lives on, and whoever waits for its end hears so.
        let _told = self.state().send(ControlMessage::Die, None);
    }

    /// The files that come with the reply to this call. The child is not trusted: without them, the reply is nonsense.
    pub(crate) fn take_in(&self, call: u64, count: u16) -> Result<ReplyFiles, &'static str> {
        let mut state = self.state();
        state.times_full = 0;
        let mut files = Vec::new();
        let mut lost = false;
        for position in 0..u64::from(count) {
            let expected = ReplyFile { call, position }.encode();
            match state.next_for(call) {
                Some(Received::Message(words, Some(file))) if words == expected => files.push(file),
                Some(Received::WithoutDescriptor(words)) if words == expected => lost = true,
                _ => return Err("a reply without the shared memory that it refers to"),
            }
        }
        Ok(if lost { ReplyFiles::Lost } else { ReplyFiles::Kept(files) })
    }

    /// Takes letters out of the full socket, for a reply that the child cannot give before. The child is not trusted: it does not
    /// send more than a reply may refer to.
    pub(crate) fn make_room(&self) -> Result<(), &'static str> {
        let mut state = self.state();
        state.times_full += 1;
        for _ in 0..MAX_STALE_MESSAGES {
            let message = state.receive();
            if !matches!(message, Received::Message(..) | Received::WithoutDescriptor(_)) {
                break;
            }
            state.arrived.push_back(message);
        }
        let is_too_much = state.arrived.len() > MAX_WAITING_MESSAGES || state.times_full > MAX_TIMES_FULL;
        if is_too_much { Err("more shared memory than a reply may refer to") } else { Ok(()) }
    }

    fn recipient(self: &Arc<Self>) -> Weak<dyn Recipient> {
        let recipient: Arc<dyn Recipient> = self.clone();
        Arc::downgrade(&recipient)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, SocketState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SocketState {
    /// A dead child needs nothing, and its death is seen elsewhere.
    fn send(&self, message: ControlMessage, descriptor: Option<BorrowedFd<'_>>) -> io::Result<Sent> {
        let Some(socket) = &self.socket else { return Ok(Sent::NotNow) };
        let gone = |error: &io::Error| {
            [Errno::PIPE, Errno::CONNRESET].map(|errno| Some(errno.raw_os_error())).contains(&errno(error))
        };
        fd_socket::send(socket, message.encode(), descriptor)
            .or_else(|error| if gone(&error) { Ok(Sent::Yes) } else { Err(error) })
    }

    /// The next letter for this call, without those of earlier calls, whose replies could not be sent after all.
    fn next_for(&mut self, call: u64) -> Option<Received> {
        let stale = MAX_STALE_MESSAGES + self.arrived.len();
        let mut messages = (0..stale).map(|_| match self.arrived.pop_front() {
            Some(message) => message,
            None => self.receive(),
        });
        messages.find(|message| match message {
            Received::Message(words, _) | Received::WithoutDescriptor(words) => ReplyFile::decode(*words).call >= call,
            Received::Nothing | Received::End => true,
        })
    }

    /// The next letter. Its file is closed if this process has too few descriptors left to keep it, and so are the other files of
    /// the same reply.
    fn receive(&mut self) -> Received {
        let message = self.socket.as_deref().map_or(Received::End, fd_socket::receive);
        let Received::Message(words, Some(file)) = message else { return message };
        let ReplyFile { call, .. } = ReplyFile::decode(words);
        if self.refused == Some(call) {
            return Received::WithoutDescriptor(words);
        }
        if may_keep(&file) {
            return Received::Message(words, Some(file));
        }
        self.refused = Some(call);
        for message in &mut self.arrived {
            if let Received::Message(words, Some(_)) = *message
                && ReplyFile::decode(words).call == call
            {
                *message = Received::WithoutDescriptor(words);
            }
        }
        Received::WithoutDescriptor(words)
    }

    /// What cannot be told now is told later: it only costs the child memory until then.
    fn send_released(&mut self) {
        while let Some(&id) = self.dropped.front() {
            if !matches!(self.send(ControlMessage::Release { id }, None), Ok(Sent::Yes)) {
                return;
            }
            self.dropped.pop_front();
        }
    }
}

impl Recipient for SentFiles {
    fn notify_dropped(&self, id: u64) {
        if !self.origin.is_here() {
            return;
        }
        let mut state = self.state();
        state.lacking.remove(&id);
        if state.known.remove(&id) {
            state.dropped.push_back(id);
        }
        state.send_released();
    }
}
