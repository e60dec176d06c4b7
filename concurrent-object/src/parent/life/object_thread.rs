//! An object's thread, as its parent sees it: how it begins, and how it has ended.
//!
//! Problem: a thread has no process descriptor, no exit status, and cannot be killed. Way: an
//! eventfd stands for the process descriptor. A guard writes it when the thread leaves the object.
//! If a method does not end, the parent writes it instead: the thread is *left behind*. Then the
//! object has ended, though its thread still runs.
//!
//! A thread that was left behind may still read what its call refers to. It has its own mapping of
//! the object's files, which the parent never writes again, because an ended object accepts no call
//! and no loan. What the call refers to is kept until the thread leaves.
//!
//! Knows threads and descriptors. Does not know calls. Invariants: the end is recorded once. The
//! thread waits for its parts, and leaves at once if it gets none.

use std::ffi::CString;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::descriptor::{AsFd, BorrowedFd, OwnedFd, new_event, set_event};
use crate::error::Exit;
use crate::parent::calls::references::References;
use crate::parent::threads::supervised::Watched;
use crate::process::background;
use crate::protocol::exit_code::PANIC_EXIT_CODE;
use crate::protocol::thread_start::ThreadStart;

/// The stack of an object's thread without `stack_size`, in bytes. As large as that of the main
/// thread, on which a process runs its object.
const STACK_SIZE: usize = 8 << 20;

/// A thread that serves one object, from its creation until it has left the object.
#[derive(Debug)]
pub(crate) struct ObjectThread {
    seat: Arc<ThreadSeat>,
    /// Passes the parts to the thread, among them its end of the socket; `None` once it has them.
    begin: Mutex<Option<(SyncSender<ThreadStart>, OwnedFd)>>,
}

/// What the parent and the thread both refer to.
#[derive(Debug)]
struct ThreadSeat {
    /// Readable when the thread has left, or was left behind.
    ended: OwnedFd,
    exit: OnceLock<Exit>,
    /// What the calls of a thread that was left behind refer to.
    retained: Mutex<Vec<References>>,
}

/// Reports the end of the thread when it is dropped.
struct LeaveGuard {
    seat: Arc<ThreadSeat>,
    /// As if the thread unwinds, until it has not.
    exit: Exit,
}

impl ObjectThread {
    /// Creates the thread, which waits for its parts. `socket` is its end of the control socket.
    pub(crate) fn spawn(
        name: &str,
        stack_size: Option<usize>,
        socket: OwnedFd,
        run: impl FnOnce(ThreadStart) -> Exit + Send + 'static,
    ) -> io::Result<Self> {
        let ended = new_event()?;
        let seat = Arc::new(ThreadSeat { ended, exit: OnceLock::new(), retained: Mutex::default() });
        let (begin, parts) = sync_channel(1);
        let own = seat.clone();
        // The name has no NUL byte: the builder has checked it.
        let name = CString::new(name).unwrap_or_default();
        background::spawn_with_stack(name, stack_size.unwrap_or(STACK_SIZE), move || {
            let mut guard = LeaveGuard { seat: own, exit: Exit::Code(PANIC_EXIT_CODE) };
            guard.exit = parts.recv().map_or(Exit::Code(0), run);
        })?;
        Ok(Self { seat, begin: Mutex::new(Some((begin, socket))) })
    }

    /// Passes the thread its parts, so that it constructs the object.
    pub(crate) fn begin(&self, start: impl FnOnce(OwnedFd) -> ThreadStart) {
        let begin = self.begin.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((begin, socket)) = begin {
            // The thread waits for its parts, so the channel has room and a receiver.
            let _sent = begin.send(start(socket));
        }
    }

    /// Returns the descriptor that is readable when the thread has left, or was left behind.
    pub(crate) fn ended(&self) -> BorrowedFd<'_> {
        self.seat.ended.as_fd()
    }

    /// Returns how it ended, if it has.
    pub(crate) fn exit(&self) -> Option<Exit> {
        self.seat.exit.get().copied()
    }

    /// Gives the thread up, unless it has left. It ends by itself when its method returns.
    pub(crate) fn leave_behind(&self) {
        self.seat.end(Exit::LeftBehind);
    }

    /// Keeps what the calls of a thread that was left behind refer to, until it leaves.
    pub(crate) fn retain(&self, references: Vec<References>) {
        self.seat.retained().extend(references);
    }

    /// Lets a thread that has got no parts leave.
    pub(crate) fn discard(&self) {
        drop(self.begin.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Watched for ObjectThread {
    fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        Some(self.ended())
    }
}

impl ThreadSeat {
    fn end(&self, exit: Exit) {
        if self.exit.set(exit).is_ok() {
            // The event is set once, so it cannot be full.
            let _set = set_event(&self.ended);
        }
    }

    fn retained(&self) -> MutexGuard<'_, Vec<References>> {
        self.retained.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LeaveGuard {
    fn drop(&mut self) {
        self.seat.end(self.exit);
        // Not dropped under the lock: the last reference to a loan takes the object's lock.
        let retained = std::mem::take(&mut *self.seat.retained());
        drop(retained);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::process::handshake::control_socket;
    use crate::transport::doorbell::Doorbell;

    fn thread_without_parts() -> ObjectThread {
        let (_, socket) = control_socket().expect("a socket");
        ObjectThread::spawn("test", None, socket, |_| unreachable!("it has no parts")).expect("a thread")
    }

    fn wait_for_end(thread: &ObjectThread) -> Exit {
        let bell = Doorbell::new().expect("an eventfd");
        let until = crate::clock::Moment::after(Duration::from_secs(10));
        bell.wait_or(Some(thread.ended()), None, Some(until)).expect("polled");
        thread.exit().expect("the descriptor is readable only after the end")
    }

    #[test]
    fn a_thread_without_parts_leaves_when_it_is_discarded() {
        let thread = thread_without_parts();
        assert_eq!(thread.exit(), None);
        thread.discard();
        assert_eq!(wait_for_end(&thread), Exit::Code(0));
    }

    #[test]
    fn a_thread_that_was_left_behind_stays_so() {
        let thread = thread_without_parts();
        thread.leave_behind();
        assert_eq!(wait_for_end(&thread), Exit::LeftBehind);
        thread.discard();
        assert_eq!(thread.exit(), Some(Exit::LeftBehind));
    }
}
