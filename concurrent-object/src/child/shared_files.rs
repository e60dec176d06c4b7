//! The table of shared files that the child received, and the child's end of the control socket.
//!
//! Requests travel through the ring, but descriptors travel only through the socket. The naive way
//! waits at the socket for each file that a request names. That blocks the object if the descriptor
//! could not be received, and it mixes up files that come in another order. Here the parent sends a
//! file, with a number, before it publishes the request. So the file is in the table, or the child
//! receives it without waiting. A number stays valid until a control message says that the parent
//! holds no value of this file any more. Such a table is known as a *handle table*.
//!
//! An object in a thread shares the parent's own files, which are mapped once in a process. Its
//! table holds them weakly: a file would otherwise never lose its last handle, and the parent would
//! never release it.
//!
//! Knows control messages and files. Does not know calls. Invariant: a file that a published
//! request names is in the table or in the socket.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::Home;
use super::snapshots::Handed;
use crate::descriptor::{AsFd, BorrowedFd, OwnedFd};
use crate::process::fd_socket::{self, Peeked, Received, Sent};
use crate::process::parent_watch;
use crate::protocol::control::{ControlMessage, ReplyFile};
use crate::protocol::exit_code::ENDED_ON_REQUEST;
use crate::protocol::failure::Failure;
use crate::shared::file::{SharedFile, open};
use crate::shared::share::{REFUSED, may_keep};

type KeptFiles = BTreeMap<u64, Result<KeptFile, String>>;

/// A shared file in the table.
#[derive(Debug)]
enum KeptFile {
    OfProcess(Arc<SharedFile>),
    /// The parent's own file. The call that refers to it keeps it alive.
    OfThread(Weak<SharedFile>),
}

impl KeptFile {
    fn get(&self) -> Option<Arc<SharedFile>> {
        match self {
            Self::OfProcess(file) => Some(file.clone()),
            Self::OfThread(file) => file.upgrade(),
        }
    }
}

/// The child's end of the control socket, and the descriptors received from it.
#[derive(Debug)]
pub(crate) struct SharedFileTable {
    socket: OwnedFd,
    /// The shared files by their number, or the reason why one could not be received.
    kept: Mutex<KeptFiles>,
    /// The next input files, oldest first.
    inputs: Mutex<VecDeque<OwnedFd>>,
    handed: Mutex<Handed>,
    /// Whether all control messages of the greeting were received.
    is_greeted: AtomicBool,
    /// A spare descriptor. The child closes it before it receives the next input file, so that this
    /// file finds a free number. Without it, a child at its limit of descriptors could not receive
    /// the file, and could not continue.
    spare: Mutex<Option<OwnedFd>>,
    home: Home,
    /// Whether no more control messages can come.
    is_closed: AtomicBool,
}

impl SharedFileTable {
    pub(crate) fn new(socket: OwnedFd, home: Home) -> Self {
        Self {
            socket,
            home,
            is_closed: AtomicBool::new(false),
            kept: Mutex::default(),
            inputs: Mutex::default(),
            handed: Mutex::default(),
            is_greeted: AtomicBool::new(false),
            spare: Mutex::default(),
        }
    }

    /// The socket, if the serving thread itself receives its messages.
    pub(crate) fn watched_by_server(&self) -> Option<BorrowedFd<'_>> {
        let is_watched = self.home == Home::Thread && !self.is_closed.load(Ordering::Relaxed);
        is_watched.then(|| self.socket.as_fd())
    }

    /// Opens the spare descriptor, unless it is open. If that fails, the child tries again after
    /// the next input file.
    pub(crate) fn keep_a_spare(&self) {
        let mut spare = self.spare();
        if spare.is_none() {
            *spare = self.socket.try_clone().ok();
        }
    }

    fn spare(&self) -> MutexGuard<'_, Option<OwnedFd>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for all control messages of the greeting. A restarted process may receive its first
    /// message before the parent sends them.
    pub(crate) fn take_greeting(&self) {
        // Acquire pairs with the Release in `take_into`: everything that came before `GREETED` is
        // stored.
        while self.take_in() && !self.is_greeted.load(Ordering::Acquire) {
            // A short wait: the thread that watches the parent may receive the message meanwhile.
            fd_socket::wait_until_receivable(&self.socket, Duration::from_millis(1));
        }
    }

    /// Receives all control messages in the socket, without blocking. Returns false if no more can
    /// come: the parent's end is closed, or a message is invalid.
    pub(crate) fn take_in(&self) -> bool {
        let mut released = Vec::new();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let more = self.take_into(&mut kept, &mut released);
        drop(kept);
        // Unmapping takes time, so it happens after the lock is released.
        drop(released);
        self.is_closed.fetch_or(!more, Ordering::Relaxed);
        more
    }

    fn take_into(&self, kept: &mut KeptFiles, released: &mut Vec<Result<KeptFile, String>>) -> bool {
        loop {
            match fd_socket::peek(&self.socket) {
                Peeked::Message(words) if words == ControlMessage::ReplaceInput.encode() => drop(self.spare().take()),
                // Returns without receiving: a message that arrives after `peek` may be an input
                // file, and the spare descriptor would still be open.
                Peeked::Nothing => return true,
                Peeked::Message(_) | Peeked::Other => {}
            }
            for received in fd_socket::receive_together(&self.socket) {
                let (words, file) = match received {
                    Received::Message(words, file) => (words, file.map(Ok)),
                    Received::WithoutDescriptor(words) => (words, Some(Err(no_descriptors()))),
                    Received::Nothing => return true,
                    Received::Invalid | Received::End => return false,
                };
                let message = ControlMessage::decode(words, file.is_some());
                if !message.is_some_and(|message| self.handle(message, file, kept, released)) {
                    return false;
                }
            }
        }
    }

    /// Handles one message. Returns false if the message came without its descriptor, and no later
    /// message can replace it.
    fn handle(
        &self,
        message: ControlMessage,
        file: Option<Result<OwnedFd, String>>,
        kept: &mut KeptFiles,
        released: &mut Vec<Result<KeptFile, String>>,
    ) -> bool {
        match (message, file) {
            (ControlMessage::Keep { id }, Some(file)) => {
                drop(kept.insert(id, file.and_then(|file| opened(file, self.home))));
            }
            (ControlMessage::Release { id }, _) => released.extend(kept.remove(&id)),
            (ControlMessage::ReplaceInput, Some(Ok(file))) => self.inputs().push_back(file),
            (ControlMessage::Snapshot, Some(Ok(file))) => self.handed().snapshot = Some(file),
            (ControlMessage::SnapshotBuffer, Some(Ok(file))) => self.handed().snapshot_buffers.push(file),
            (ControlMessage::Directory, Some(Ok(file))) => self.handed().directory = Some(file),
            (ControlMessage::Inherited { .. }, Some(Ok(file))) => self.handed().inherited.push(file),
            (ControlMessage::Greeted, _) => self.is_greeted.store(true, Ordering::Release),
            (ControlMessage::Die, _) if self.home == Home::Process => parent_watch::end_with(ENDED_ON_REQUEST),
            (ControlMessage::Die, _) => return false,
            (_, None | Some(Err(_))) => return false,
        }
        true
    }

    /// Returns the files of these numbers. Never blocks on the socket.
    pub(crate) fn look_up(&self, ids: impl IntoIterator<Item = u64>) -> Result<Vec<Arc<SharedFile>>, Failure> {
        let mut released = Vec::new();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut find = |id| {
            // A file that could not be received before may have been sent again, ahead of this
            // request. Then it is in the socket.
            if !matches!(kept.get(&id), Some(Ok(_))) {
                self.take_into(&mut kept, &mut released);
            }
            let missing =
                || Failure::Malformed { reason: "a call refers to shared memory that was not sent before it".into() };
            match kept.get(&id).ok_or_else(missing)? {
                Ok(file) => file.get().ok_or_else(missing),
                Err(reason) => Err(Failure::Lacking { reason: reason.clone() }),
            }
        };
        let found = ids.into_iter().map(&mut find).collect();
        drop(kept);
        found
    }

    /// Returns the next input file. The parent sends it before it publishes the request to use it.
    pub(crate) fn next_input(&self) -> Option<OwnedFd> {
        self.take_in();
        self.inputs().pop_front()
    }

    /// The descriptors of the greeting, other than shared files.
    pub(crate) fn handed(&self) -> MutexGuard<'_, Handed> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn inputs(&self) -> MutexGuard<'_, VecDeque<OwnedFd>> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the files that the reply to this call refers to. They may be more than the socket
    /// holds.
    ///
    /// `with_room` gets two closures for each file. The first sends the file, and returns false if
    /// the socket has no room. The second blocks until the socket has room.
    pub(crate) fn send(
        &self,
        call: u64,
        files: &[Arc<SharedFile>],
        mut with_room: impl FnMut(&dyn Fn() -> io::Result<bool>, &dyn Fn()) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let failed = |error| Failure::Encode { reason: format!("its shared memory cannot be sent: {error}") };
        let wait = || fd_socket::wait_until_sendable(&self.socket);
        for (file, position) in files.iter().zip(0..) {
            let send = || {
                Ok(fd_socket::send(&self.socket, ReplyFile { call, position }.encode(), Some(file.descriptor()))?
                    == Sent::Yes)
            };
            with_room(&send, &wait).map_err(failed)?;
        }
        Ok(())
    }
}

impl AsFd for SharedFileTable {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn opened(file: OwnedFd, home: Home) -> Result<KeptFile, String> {
    if !may_keep(&file) {
        return Err(no_descriptors());
    }
    let file = open(file).map_err(|error| format!("its shared memory cannot be mapped: {error}"))?;
    Ok(match home {
        Home::Process => KeptFile::OfProcess(file),
        Home::Thread => KeptFile::OfThread(Arc::downgrade(&file)),
    })
}

fn no_descriptors() -> String {
    format!("in the object's process, {REFUSED}")
}

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::thread;

    use super::*;
    use crate::process::handshake::control_socket;

    #[test]
    fn take_greeting_waits_for_a_greeting_that_comes_in_parts() {
        let (parents, childs) = control_socket().expect("a socket");
        let shared_files = SharedFileTable::new(childs, Home::Process);
        let greeting = thread::spawn(move || {
            let file = File::open("/dev/null").expect("/dev/null");
            for _ in 0..2 {
                thread::sleep(Duration::from_millis(5));
                fd_socket::send(&parents, ControlMessage::SnapshotBuffer.encode(), Some(file.as_fd())).expect("sent");
            }
            fd_socket::send(&parents, ControlMessage::Greeted.encode(), None).expect("sent");
            parents
        });
        shared_files.take_greeting();
        assert_eq!(shared_files.handed().snapshot_buffers.len(), 2);
        drop(greeting.join().expect("no panic"));
        shared_files.take_greeting();
    }
}
