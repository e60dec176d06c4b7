//! The spawner thread: spawns the next processes of one object.
//!
//! Problem: a restarted process must have what the first one had. Much of what a process inherits
//! belongs to the thread that spawns it: seccomp filters, Landlock rules, namespaces, capabilities,
//! nice value, processors, signal mask. The naive way is to spawn on the thread that notices the
//! death, such as the supervisor thread. That fails because its attributes are others. Way here:
//! the caller of `start` creates one thread for each object with a restart policy, which inherits
//! the caller's attributes. It sleeps until a process is wanted, and ends with the object. A forked
//! copy of the parent does not have it.
//!
//! Spawning takes a millisecond or more: it opens log files, and the kernel executes a file. So it
//! runs without the object's lock. Calls that are accepted meanwhile wait in slots, as between two
//! processes. The new process waits in `init()` for its greeting. The greeting is sent under the
//! lock when the process becomes the object's. With it go the shared files that the calls in slots
//! refer to.
//!
//! Knows objects as `Supervised`. Invariant: the object learns of a spawned process under its lock.
//! If the object was ended meanwhile, the process is killed, and the thread that ends the object
//! waits for that.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use super::supervised::Supervised;
use super::{reporter, supervisor};
use crate::memory::fork::Origin;
use crate::process::background;
use crate::process::thread::Thread;

/// In bytes. Large enough for the wakers of the user's executors, which are called on this thread
/// too.
const STACK_SIZE: usize = 256 * 1024;

/// The handle of the thread.
pub(crate) struct Spawner {
    inbox: Arc<Inbox>,
    thread: Option<Thread>,
    origin: Origin,
}

#[derive(Default)]
struct Inbox {
    wanted: Mutex<SpawnRequest>,
    changed: Condvar,
}

#[derive(Default)]
enum SpawnRequest {
    #[default]
    Nothing,
    /// Spawn the next process of this object.
    Process(Arc<dyn Supervised>),
    End,
}

impl Spawner {
    /// Creates the thread, which inherits the attributes of the calling thread.
    pub(crate) fn begin(origin: Origin) -> io::Result<Self> {
        let inbox = Arc::<Inbox>::default();
        let (own, reporter) = (inbox.clone(), supervisor::reporter()?);
        let thread = background::spawn_with_stack(c"object-restarts", STACK_SIZE, move || {
            // The reporter thread reports what this thread notices and drops its references. The
            // user's code may run there.
            reporter::set_for_this_thread(reporter);
            own.work();
        })?;
        Ok(Self { inbox, thread: Some(thread), origin })
    }

    /// Requests the next process of this object. Never blocks.
    pub(crate) fn request(&self, object: Arc<dyn Supervised>) {
        self.inbox.put(SpawnRequest::Process(object));
    }
}

impl Drop for Spawner {
    fn drop(&mut self) {
        let thread = self.thread.take();
        if !self.origin.is_here() {
            // A forked copy does not have the thread, so it cannot be joined.
            return std::mem::forget(thread);
        }
        self.inbox.put(SpawnRequest::End);
        if let Some(thread) = thread.filter(|thread| !thread.is_current()) {
            // The join does not wait for a spawn: while the thread spawns, it holds a reference to
            // the object, so the object would not be dropped.
            thread.join();
        }
    }
}

impl Inbox {
    fn put(&self, wanted: SpawnRequest) {
        *self.lock() = wanted;
        self.changed.notify_one();
    }

    fn work(&self) {
        loop {
            let idle = |wanted: &mut SpawnRequest| matches!(wanted, SpawnRequest::Nothing);
            let woken = self.changed.wait_while(self.lock(), idle);
            let wanted = std::mem::take(&mut *woken.unwrap_or_else(PoisonError::into_inner));
            let SpawnRequest::Process(object) = wanted else { return };
            // A waker that panics must not end this thread. The panic's payload may panic when it
            // is dropped, so it is leaked.
            catch_unwind(AssertUnwindSafe(|| object.spawn_next())).unwrap_or_else(std::mem::forget);
            reporter::release(object);
        }
    }

    fn lock(&self) -> MutexGuard<'_, SpawnRequest> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Spawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spawner").finish_non_exhaustive()
    }
}
