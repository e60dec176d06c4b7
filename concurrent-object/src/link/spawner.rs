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
//! Knows the recipe and the link. Invariant: of a process that was spawned, the link learns under the lock; one that comes too late,
//! because the object was ended meanwhile, is killed, and whoever ends the object waits for that.

use std::io;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::events::Happened;
use super::incarnation::{Incarnation, Recipe};
use super::{Core, Link, supervisor, teller};
use crate::clock;
use crate::error::StartError;
use crate::memory::fork::Origin;
use crate::process::background;
use crate::process::reap::end;

/// Ample: wakers are called on it too.
const STACK_SIZE: usize = 256 * 1024;

/// The thread, seen from others.
#[derive(Debug)]
pub(crate) struct Spawner {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
    origin: Origin,
}

#[derive(Debug, Default)]
struct Desk {
    wanted: Mutex<Wanted>,
    changed: Condvar,
}

#[derive(Debug, Default)]
enum Wanted {
    #[default]
    Nothing,
    /// A process of this object.
    Process(Arc<Link>),
    End,
}

impl Spawner {
    /// Creates the thread: it has the attributes of the calling thread.
    pub(crate) fn begin(origin: Origin) -> io::Result<Self> {
        let desk = Arc::<Desk>::default();
        let (own, teller) = (desk.clone(), supervisor::way_to_teller()?);
        let builder = thread::Builder::new().name("object-restarts".into()).stack_size(STACK_SIZE);
        let thread = background::spawn_by(builder, move || {
            // What it notices is reported, and links are dropped, where code of the user may run.
            teller::leave_to(teller);
            own.work();
        })?;
        Ok(Self { desk, thread: Some(thread), origin })
    }

    /// Has a process spawned. Never blocks.
    pub(super) fn order(&self, link: Arc<Link>) {
        self.desk.put(Wanted::Process(link));
    }
}

impl Drop for Spawner {
    fn drop(&mut self) {
        let thread = self.thread.take();
        if !self.origin.is_here() {
            // A forked copy has not got the thread.
            return std::mem::forget(thread);
        }
        self.desk.put(Wanted::End);
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            // It is idle, since it has the link while it is not.
            let _panicked = thread.join();
        }
    }
}

impl Desk {
    fn put(&self, wanted: Wanted) {
        *self.lock() = wanted;
        self.changed.notify_one();
    }

    fn work(&self) {
        loop {
            let idle = |wanted: &mut Wanted| matches!(wanted, Wanted::Nothing);
            let woken = self.changed.wait_while(self.lock(), idle);
            let wanted = std::mem::take(&mut *woken.unwrap_or_else(PoisonError::into_inner));
            let Wanted::Process(link) = wanted else { return };
            // A waker that panics does not end this thread, and its payload may panic when it is dropped.
            catch_unwind(AssertUnwindSafe(|| link.spawn_next())).unwrap_or_else(std::mem::forget);
            teller::let_go(link);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    /// Spawns the next process, and has it take its place.
    fn spawn_next(&self) {
        let Some(recipe) = &self.recipe else { return };
        let spawned = recipe.make_next().map(|(body, socket)| (Arc::new(body), socket));
        let mut core = self.lock();
        let taken = match spawned {
            Ok((body, socket)) if !core.has_ended() => {
                let taken = self.take_place(&mut core, recipe, &body, socket);
                taken.map_err(|error| (error, Some(body)))
            }
            Ok((body, _)) => Err((StartError::Ended, Some(body))),
            Err(error) => Err((error, None)),
        };
        let Err((error, body)) = taken else { return };
        drop(core);
        body.iter().for_each(|body| discard(body));
        let mut core = self.lock();
        if !core.has_ended() {
            self.try_again(&mut core, error, clock::now());
        }
        self.end_spawning(&mut core);
    }

    /// Under the lock: from now on the process is watched, and serves the object's calls. It does nothing before it is greeted, so what
    /// it answers finds everything in its place.
    fn take_place(
        &self,
        core: &mut Core,
        recipe: &Recipe,
        body: &Arc<Incarnation>,
        socket: OwnedFd,
    ) -> Result<(), StartError> {
        let watch = self.watch(body).map_err(StartError::system("watching the object's process"))?;
        let files = self.files_of_all(core);
        recipe.greet(&socket, &self.channel, &self.kept.arguments, &files)?;
        self.files.connect(socket, &files);
        self.pid.store(body.child.pid(), Ordering::Relaxed);
        self.incarnation.fetch_add(1, Ordering::Relaxed);
        self.expect_end(core, body);
        (core.body, core.watch) = (Some(body.clone()), watch);
        core.started_at = clock::now();
        self.queue(core, Happened::Restarted);
        self.end_spawning(core);
        Ok(())
    }

    /// Under the lock: the driver waits for another process now, and whoever ends the object for this thread.
    fn end_spawning(&self, core: &mut Core) {
        core.is_spawning = false;
        core.wake_all();
        if !core.has_ended() {
            core.look_at(core.next_life.unwrap_or_else(clock::now));
            self.fill_slots(core);
        }
    }
}

/// A process that is not the object's.
fn discard(body: &Incarnation) {
    end(&body.child);
}
