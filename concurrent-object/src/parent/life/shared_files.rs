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
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::{io, mem};

use super::arrived_files::{ArrivedFiles, ReplyFiles};
use crate::descriptor::{AsFd, BorrowedFd, Errno, OwnedFd};
use crate::error::refused::errno;
use crate::memory::fork::Origin;
use crate::process::fd_socket::{self, ParentSocket, Sent, Words, receive_last};
use crate::protocol::control::ControlMessage;
use crate::protocol::refusal;
use crate::shared::file::{Recipient, SharedFile};

/// The parent's end of the control socket.
#[derive(Debug)]
pub(crate) struct SentFiles {
    origin: Origin,
    state: Mutex<SocketState>,
}

#[derive(Debug, Default)]
struct SocketState {
    /// `None` while the object has no process.
    socket: Option<Arc<ParentSocket>>,
    /// The ids of the files that the child has.
    known: BTreeSet<u64>,
    /// The ids of the files that the child has and must still be asked to release.
    dropped: VecDeque<u64>,
    /// The files that came for replies.
    arrived: ArrivedFiles,
    /// The ids of the files that the child could not keep, for lack of descriptors. They are sent
    /// again.
    lacking: BTreeSet<u64>,
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
        let socket = Some(Arc::new(ParentSocket::new(socket, self.origin)));
        self.replace(SocketState { socket, known, ..SocketState::default() });
        first.iter().for_each(|file| file.add_recipient(self.recipient()));
    }

    /// Disconnects from a dead child. Files that calls refer to are sent with the next process's
    /// greeting.
    pub(crate) fn disconnect(&self) {
        self.replace(SocketState::default());
    }

    fn replace(&self, state: SocketState) {
        let before = mem::replace(&mut *self.state(), state);
        before.arrived.close();
    }

    /// Returns the socket, to wait until it is writable.
    pub(crate) fn socket(&self) -> Option<Arc<ParentSocket>> {
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
        refusal::decode(&receive_last(&*self.socket()?, refusal::MAX_SIZE)?)
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

    /// Returns the files that came with the reply to this call.
    pub(crate) fn take_reply_files(&self, call: u64, count: u16) -> Result<ReplyFiles, &'static str> {
        let SocketState { socket, arrived, .. } = &mut *self.state();
        arrived.take(socket.as_deref(), call, count)
    }

    /// Empties the full socket, so that the child can send the rest of a reply's files. `newest` is
    /// the number of the newest call.
    pub(crate) fn make_room(&self, newest: u64) -> Result<(), &'static str> {
        let SocketState { socket, arrived, .. } = &mut *self.state();
        arrived.make_room(socket.as_deref(), newest)
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
        fd_socket::send(&**socket, message.encode(), descriptor)
            .or_else(|error| if gone(&error) { Ok(Sent::Yes) } else { Err(error) })
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
