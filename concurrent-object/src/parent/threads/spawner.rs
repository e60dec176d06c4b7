//! The thread that spawns an object's next processes.
//!
//! Much of what a process inherits belongs to the thread that spawns it: seccomp filters, Landlock rules, namespaces, capabilities, nice
//! value, processors, signal mask. A restarted process must have what the first one had, so it cannot be spawned by the
//! supervising thread. Each object with a restart policy has a thread for that, created by the caller of `start`, whose attributes
//! it inherits. It sleeps until there is a process to spawn, and ends with the object. A forked copy of the parent has none.
//!
//! Spawning takes a millisecond or more (it opens log files, and the kernel executes a file), so it is done without the object's lock. Calls
//! that are accepted meanwhile wait in slots, as between two processes. The process waits in `init()` for its greeting, which is
//! sent under the lock when the process takes its place: with it goes what the calls in slots refer to.
//!
//! Knows the recipe and the object. Invariant: of a process that was spawned, the object learns under the lock; one that comes too late,
//! because the object was ended meanwhile, is killed, and whoever ends the object waits for that.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::{fmt, io};

use super::supervised::Supervised;
use super::{reporter, supervisor};
use crate::memory::fork::Origin;
use crate::process::background;

/// Ample: wakers are called on it too.
const STACK_SIZE: usize = 256 * 1024;

/// The thread, seen from others.
pub(crate) struct Spawner {
    order: Arc<Order>,
    thread: Option<JoinHandle<()>>,
    origin: Origin,
}

#[derive(Default)]
struct Order {
    wanted: Mutex<SpawnOrder>,
    changed: Condvar,
}

#[derive(Default)]
enum SpawnOrder {
    #[default]
    Nothing,
    /// A process of this object.
    Process(Arc<dyn Supervised>),
    End,
}

impl Spawner {
    /// Creates the thread: it has the attributes of the calling thread.
    pub(crate) fn begin(origin: Origin) -> io::Result<Self> {
        let order = Arc::<Order>::default();
        let (own, reporter) = (order.clone(), supervisor::reporter()?);
        let builder = thread::Builder::new().name("object-restarts".into()).stack_size(STACK_SIZE);
        let thread = background::spawn_by(builder, move || {
            // What it notices is reported, and links are dropped, where code of the user may run.
            reporter::leave_to(reporter);
            own.work();
        })?;
        Ok(Self { order, thread: Some(thread), origin })
    }

    /// Has a process spawned. Never blocks.
    pub(crate) fn order(&self, object: Arc<dyn Supervised>) {
        self.order.put(SpawnOrder::Process(object));
    }
}

impl Drop for Spawner {
    fn drop(&mut self) {
        let thread = self.thread.take();
        if !self.origin.is_here() {
            // A forked copy has not got the thread.
            return std::mem::forget(thread);
        }
        self.order.put(SpawnOrder::End);
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            // It is idle, since it has the object while it is not.
            let _panicked = thread.join();
        }
    }
}

impl Order {
    fn put(&self, wanted: SpawnOrder) {
        *self.lock() = wanted;
        self.changed.notify_one();
    }

    fn work(&self) {
        loop {
            let idle = |wanted: &mut SpawnOrder| matches!(wanted, SpawnOrder::Nothing);
            let woken = self.changed.wait_while(self.lock(), idle);
            let wanted = std::mem::take(&mut *woken.unwrap_or_else(PoisonError::into_inner));
            let SpawnOrder::Process(object) = wanted else { return };
            // A waker that panics does not end this thread, and its payload may panic when it is dropped.
            catch_unwind(AssertUnwindSafe(|| object.spawn_next())).unwrap_or_else(std::mem::forget);
            reporter::release(object);
        }
    }

    fn lock(&self) -> MutexGuard<'_, SpawnOrder> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Spawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spawner").finish_non_exhaustive()
    }
}
