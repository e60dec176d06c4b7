//! The shared files that a child got from its parent, and those that it sends back.
//!
//! Knows letters and files. Invariant: a file that a request refers to was sent before the request, so it is here or in the
//! socket; it stays until the parent says that nobody there holds it any more.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::snapshots::Handed;
use crate::process::fd_socket::{self, Peeked, Received, Sent};
use crate::process::parent_watch;
use crate::protocol::control::{
    DIE, DIRECTORY, GREETED, INHERITED, KEEP, LET_GO, NEXT_INPUT, SNAPSHOT, SNAPSHOT_BUFFER,
};
use crate::protocol::exit_code::TOLD_TO_DIE;
use crate::protocol::failure::Failure;
use crate::shared::file::{SharedFile, open};
use crate::shared::share::{REFUSED, may_keep};

type Kept = BTreeMap<u64, Result<Arc<SharedFile>, String>>;

/// The child's end of the control socket, and what came out of it.
#[derive(Debug)]
pub(crate) struct SharedFileTable {
    socket: OwnedFd,
    kept: Mutex<Kept>,
    /// What is to take the place of the input file, oldest first.
    inputs: Mutex<VecDeque<OwnedFd>>,
    handed: Mutex<Handed>,
    /// All letters of the greeting have come.
    is_greeted: AtomicBool,
    /// Closed for a moment to make room for the next input file: without that file, this process could not go on.
    spare: Mutex<Option<OwnedFd>>,
}

impl SharedFileTable {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self {
            socket,
            kept: Mutex::default(),
            inputs: Mutex::default(),
            handed: Mutex::default(),
            is_greeted: AtomicBool::new(false),
            spare: Mutex::default(),
        }
    }

    /// Opens the spare descriptor, unless it is open. If there is none to be had, it is tried again after the next input file.
    pub(crate) fn keep_a_spare(&self) {
        let mut spare = self.spare();
        if spare.is_none() {
            *spare = self.socket.try_clone().ok();
        }
    }

    fn spare(&self) -> MutexGuard<'_, Option<OwnedFd>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in the letters of the greeting, and waits for them: a restarted process may have its first message before they are sent.
    pub(crate) fn take_greeting(&self) {
        // Acquire pairs with the Release where the letter is taken: what came before it is there.
        while self.take_in() && !self.is_greeted.load(Ordering::Acquire) {
            // Only a short time: the thread that watches the parent may take the letter meanwhile.
            fd_socket::wait_until_receivable(&self.socket, Duration::from_millis(1));
        }
    }

    /// Takes in what has come. False if nothing more will.
    pub(crate) fn take_in(&self) -> bool {
        let mut let_go = Vec::new();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let more = self.take_into(&mut kept, &mut let_go);
        drop(kept);
        // Unmapping takes its time, and needs no lock.
        drop(let_go);
        more
    }

    fn take_into(&self, kept: &mut Kept, let_go: &mut Vec<Result<Arc<SharedFile>, String>>) -> bool {
        loop {
            match fd_socket::peek(&self.socket) {
                Peeked::Message([NEXT_INPUT, _]) => drop(self.spare().take()),
                // Nothing is received then: what comes from now on may be an input file.
                Peeked::Nothing => return true,
                Peeked::Message(_) | Peeked::Other => {}
            }
            for message in fd_socket::receive_together(&self.socket) {
                match message {
                    Received::Message([KEEP, id], Some(file)) => drop(kept.insert(id, opened(file))),
                    Received::WithoutDescriptor([KEEP, id]) => drop(kept.insert(id, Err(no_descriptors()))),
                    Received::Message([LET_GO, id], None) => let_go.extend(kept.remove(&id)),
                    Received::Message([NEXT_INPUT, _], Some(file)) => self.inputs().push_back(file),
                    Received::Message([SNAPSHOT, _], Some(file)) => self.handed().snapshot = Some(file),
                    Received::Message([SNAPSHOT_BUFFER, _], Some(file)) => self.handed().snapshot_buffers.push(file),
                    Received::Message([DIRECTORY, _], Some(file)) => self.handed().directory = Some(file),
                    Received::Message([INHERITED, _], Some(file)) => self.handed().inherited.push(file),
                    Received::Message([GREETED, _], None) => self.is_greeted.store(true, Ordering::Release),
                    Received::Message([DIE, _], None) => parent_watch::end_with(TOLD_TO_DIE),
                    Received::Nothing => return true,
                    Received::Message(..) | Received::WithoutDescriptor(_) | Received::End => return false,
                }
            }
        }
    }

    /// The files of these numbers.
    pub(crate) fn look_up(&self, ids: impl IntoIterator<Item = u64>) -> Result<Vec<Arc<SharedFile>>, Failure> {
        let mut let_go = Vec::new();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut find = |id| {
            // One that could not be taken may have been sent again, before this request: then it is in the socket.
            if !matches!(kept.get(&id), Some(Ok(_))) {
                self.take_into(&mut kept, &mut let_go);
            }
            let missing = || Failure::Malformed { reason: "a call without the shared memory that it refers to".into() };
            match kept.get(&id).ok_or_else(missing)? {
                Ok(file) => Ok(file.clone()),
                Err(reason) => Err(Failure::Lacking { reason: reason.clone() }),
            }
        };
        let found = ids.into_iter().map(&mut find).collect();
        drop(kept);
        found
    }

    /// The file that takes the place of the input file. It was sent before it was asked for.
    pub(crate) fn next_input(&self) -> Option<OwnedFd> {
        self.take_in();
        self.inputs().pop_front()
    }

    /// What came with the first letters beside shared files.
    pub(crate) fn handed(&self) -> MutexGuard<'_, Handed> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn inputs(&self) -> MutexGuard<'_, VecDeque<OwnedFd>> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the files that the reply to this call refers to. They may be more than the socket holds: `with_room` gets what sends
    /// one (false if there is no room), and what waits for room.
    pub(crate) fn send(
        &self,
        call: u64,
        files: &[Arc<SharedFile>],
        mut with_room: impl FnMut(&dyn Fn() -> io::Result<bool>, &dyn Fn()) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let failed = |error| Failure::Encode { reason: format!("its shared memory cannot be sent: {error}") };
        let wait = || fd_socket::wait_until_sendable(&self.socket);
        for (file, position) in files.iter().zip(0..) {
            let send = || Ok(fd_socket::send(&self.socket, [call, position], Some(file.descriptor()))? == Sent::Yes);
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

fn opened(file: OwnedFd) -> Result<Arc<SharedFile>, String> {
    if !may_keep(&file) {
        return Err(no_descriptors());
    }
    open(file).map_err(|error| format!("its shared memory cannot be mapped: {error}"))
}

fn no_descriptors() -> String {
    format!("in the object's process, {REFUSED}")
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::thread;

    use super::*;
    use crate::process::handshake::control_socket;

    #[test]
    fn a_greeting_that_comes_in_parts_is_waited_for() {
        let (parents, childs) = control_socket().expect("a socket");
        let shared_files = SharedFileTable::new(childs);
        let greeting = thread::spawn(move || {
            let file = File::open("/dev/null").expect("/dev/null");
            for words in [[SNAPSHOT_BUFFER, 0], [SNAPSHOT_BUFFER, 1]] {
                thread::sleep(Duration::from_millis(5));
                fd_socket::send(&parents, words, Some(file.as_fd())).expect("sent");
            }
            fd_socket::send(&parents, [GREETED, 0], None).expect("sent");
            parents
        });
        shared_files.take_greeting();
        assert_eq!(shared_files.handed().snapshot_buffers.len(), 2);
        drop(greeting.join().expect("no panic"));
        shared_files.take_greeting();
    }
}
