//! The shared-file table: which shared files the child has, and the control socket that they travel
//! over.
//!
//! Problem: a call's arguments name shared files by id, so the child must have each file before it
//! gets the call. Sending all files with each call would cost a system call for each and fill the
//! socket. Not telling the child of files that are no longer used would fill its memory. Way here:
//! a *mirror* of the child's set. `known` has the ids that the child has. A file is sent once,
//! before the first call that names it. When the last handle in the parent is dropped, a `Release`
//! message follows. Calls hold their files until they are settled, so no call can name a released
//! file. Sending never blocks; if the socket is full, the call waits in the backlog.
//!
//! Knows files, the socket and call numbers; must not know calls.
//!
//! Invariants: the child has a file from the call that first refers to it until the last handle in
//! this process is dropped. The only exceptions are the files in `lacking`, which are sent again.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::descriptor::{AsFd, BorrowedFd, Errno, OwnedFd};
use crate::error::refused::errno;
use crate::memory::fork::Origin;
use crate::process::fd_socket::{self, Received, Sent, Words};
use crate::process::handshake::receive_last;
use crate::protocol::control::{ControlMessage, ReplyFile};
use crate::protocol::refusal;
use crate::shared::file::{Recipient, SharedFile};
use crate::shared::share::may_keep;

/// More control messages than a socket holds.
const MAX_STALE_MESSAGES: usize = 4096;

/// More control messages than those of one reply and of the replies on their way before it.
const MAX_WAITING_MESSAGES: usize = u16::MAX as usize + MAX_STALE_MESSAGES;

/// More often than the files of one reply, and of the replies before it, can fill a socket.
const MAX_TIMES_FULL: u32 = 1 << 16;

/// The parent's end of the control socket.
#[derive(Debug)]
pub(crate) struct SentFiles {
    origin: Origin,
    state: Mutex<SocketState>,
}

#[derive(Debug, Default)]
struct SocketState {
    /// `None` while the object has no process.
    socket: Option<Arc<OwnedFd>>,
    /// The ids of the files that the child has.
    known: BTreeSet<u64>,
    /// The ids of the files that the child has and must still be asked to release.
    dropped: VecDeque<u64>,
    /// Control messages for replies that have not been read from the ring, oldest first.
    arrived: VecDeque<Received>,
    /// How often the socket was full since the last reply with files.
    times_full: u32,
    /// The ids of the files that the child could not keep, for lack of descriptors. They are sent
    /// again.
    lacking: BTreeSet<u64>,
    /// The call whose reply refers to more files than this process has descriptors for.
    refused: Option<u64>,
}

/// The shared files that came with a reply.
#[derive(Debug)]
pub(crate) enum ReplyFiles {
    Kept(Vec<OwnedFd>),
    /// This process has too few descriptors left. The files were closed.
    Lost,
}

/// Returns the control messages about these files for a greeting. They are in the socket before the
/// child reads it.
pub(crate) fn first_messages(files: &[Arc<SharedFile>]) -> Vec<(Words, BorrowedFd<'_>)> {
    files.iter().map(|file| (ControlMessage::Keep { id: file.id() }.encode(), file.descriptor())).collect()
}

impl SentFiles {
    /// Creates the table for the first process. `first` are the files in its greeting.
    pub(crate) fn new(socket: OwnedFd, origin: Origin, first: &[Arc<SharedFile>]) -> Arc<Self> {
        let files = Arc::new(Self { origin, state: Mutex::default() });
        files.connect(socket, first);
        files
    }

    /// Starts afresh for another process. `first` are the files in its greeting.
    pub(crate) fn connect(self: &Arc<Self>, socket: OwnedFd, first: &[Arc<SharedFile>]) {
        let known = first.iter().map(|file| file.id()).collect();
        *self.state() = SocketState { socket: Some(Arc::new(socket)), known, ..SocketState::default() };
        first.iter().for_each(|file| file.add_recipient(self.recipient()));
    }

    /// Disconnects from a dead child. Files that calls refer to are sent with the next process's
    /// greeting.
    pub(crate) fn disconnect(&self) {
        *self.state() = SocketState::default();
    }

    /// Returns the socket, to wait until it is writable.
    pub(crate) fn socket(&self) -> Option<Arc<OwnedFd>> {
        self.state().socket.clone()
    }

    /// Sends the child those of these files that it does not have. Never blocks. Returns `NotNow`
    /// if the socket has no room for one of them.
    #[inline]
    pub(crate) fn send_missing(self: &Arc<Self>, files: &[Arc<SharedFile>]) -> io::Result<Sent> {
        if files.is_empty() { Ok(Sent::Yes) } else { self.send_each_missing(files) }
    }

    fn send_each_missing(self: &Arc<Self>, files: &[Arc<SharedFile>]) -> io::Result<Sent> {
        let mut state = self.state();
        if state.socket.is_none() {
            // The next process's greeting has the files of all calls that are in slots by then.
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

    /// Returns why the child, which has exited, could not begin, if it reported that.
    pub(crate) fn take_reason(&self) -> Option<String> {
        refusal::decode(&receive_last(self.socket()?, refusal::MAX_SIZE)?)
    }

    /// Notes that the child could not keep all of these files. They are sent again with the next
    /// call that refers to them.
    pub(crate) fn note_lacking(&self, files: &[Arc<SharedFile>]) {
        let mut state = self.state();
        let known: Vec<_> = files.iter().map(|file| file.id()).filter(|id| state.known.contains(id)).collect();
        state.lacking.extend(known);
    }

    /// Sends a file that is no shared file, for the child alone.
    pub(crate) fn send_file(&self, message: ControlMessage, file: &OwnedFd) -> io::Result<Sent> {
        self.state().send(message, Some(file.as_fd()))
    }

    /// Asks the child to exit. The child does so when it reads its control messages.
    pub(crate) fn send_die(&self) {
        // If this fails, the child goes on. The thread that waits for its end reports so.
        let _sent = self.state().send(ControlMessage::Die, None);
    }

    /// Returns the files that came with the reply to this call. The child is not trusted: a reply
    /// without its files breaks the protocol.
    pub(crate) fn take_reply_files(&self, call: u64, count: u16) -> Result<ReplyFiles, &'static str> {
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

    /// Reads control messages out of the full socket, so that the child can send the rest of a
    /// reply's files. The child is not trusted: more files than replies may refer to break the
    /// protocol.
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
        let is_beyond_limit = state.arrived.len() > MAX_WAITING_MESSAGES || state.times_full > MAX_TIMES_FULL;
        if is_beyond_limit { Err("more shared memory than a reply may refer to") } else { Ok(()) }
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
    /// Sends a control message. A message to a dead child counts as sent: its death is noticed
    /// elsewhere.
    fn send(&self, message: ControlMessage, descriptor: Option<BorrowedFd<'_>>) -> io::Result<Sent> {
        let Some(socket) = &self.socket else { return Ok(Sent::NotNow) };
        let gone = |error: &io::Error| {
            [Errno::PIPE, Errno::CONNRESET].map(|errno| Some(errno.raw_os_error())).contains(&errno(error))
        };
        fd_socket::send(socket, message.encode(), descriptor)
            .or_else(|error| if gone(&error) { Ok(Sent::Yes) } else { Err(error) })
    }

    /// Returns the next control message for this call. Drops those of earlier calls: the child
    /// could not send the replies that they belong to.
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

    /// Reads the next control message. If this process has too few descriptors left to keep its
    /// file, closes that file and the others of the same reply.
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

    /// Sends the pending `Release` messages, as far as the socket has room. A later call sends the
    /// rest. Until then the files only cost the child memory.
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
