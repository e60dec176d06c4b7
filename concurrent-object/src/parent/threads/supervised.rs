//! The traits through which the library's threads use an object and its process.
//!
//! `parent::object` implements `Supervised`. So the threads can be read and tested without it.

use std::sync::Arc;

use crate::descriptor::BorrowedFd;
use crate::parent::pauses::Pauses;

/// An object, as the threads of the library see it.
pub(crate) trait Supervised: Send + Sync {
    /// Supervisor thread: called at the time that the object asked for. `pauses` are the times in
    /// which this whole process was stopped.
    fn enforce_limits(&self, pauses: &Pauses);

    /// Supervisor thread: called when the watched process with this number has ended.
    fn notice_end(&self, number: u64);

    /// Reporter thread: reports the events that other threads left to it.
    fn report_left(&self);

    /// Spawner thread: spawns the object's next process.
    fn spawn_next(&self);

    /// Reactor thread: called when the child has rung, or when the control socket has room.
    fn notice_ring(&self);

    /// Reactor thread: called when the process that it watches has ended.
    fn notice_exit(&self);

    /// Drops this reference. Returns it instead if it is the last one. The reporter thread then
    /// drops the object, because that may run code of the user.
    fn release(self: Arc<Self>) -> Option<Arc<dyn Supervised>>;
}

/// A process that the supervisor thread watches.
pub(crate) trait Watched: Send + Sync {
    /// Returns its process descriptor, which stays open while this value lives; `None` if the
    /// process was reaped already.
    fn pidfd(&self) -> Option<BorrowedFd<'_>>;
}
