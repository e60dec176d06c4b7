//! What the library's threads know of an object and of its process.
//!
//! Knows no object: `parent::object` implements this. So the threads can be read, and tested, without it.

use std::os::fd::BorrowedFd;
use std::sync::Arc;

use crate::parent::pauses::Pauses;

/// An object, as the supervisor, reporter and spawner threads see it.
pub(crate) trait Supervised: Send + Sync {
    /// Supervisor thread: the time has come that the object asked for. `pauses` are the times in which this whole process
    /// was stopped.
    fn enforce_limits(&self, pauses: &Pauses);

    /// Supervisor thread: the process that is watched under this number has ended.
    fn notice_end(&self, number: u64);

    /// Reporter thread: reports the events that other threads have left.
    fn report_left(&self);

    /// Spawner thread: spawns the object's next process.
    fn spawn_next(&self);

    /// Drops this reference. If it was the last one, gives it back: the object is then dropped by the reporter thread,
    /// because what it drops may be code of the user.
    fn release(self: Arc<Self>) -> Option<Arc<dyn Supervised>>;
}

/// A process that the supervisor thread watches.
pub(crate) trait Watched: Send + Sync {
    /// Its process descriptor, which stays open as long as this value lives; `None` if it was reaped already.
    fn pidfd(&self) -> Option<BorrowedFd<'_>>;
}
