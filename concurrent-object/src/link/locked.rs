//! The guard of an object's lock, and the effects that it runs after unlocking.
//!
//! Knows doorbells, wakers and events. Invariant: no effect runs while the lock is held, because it may be
//! code of the user, or slow.

use std::mem;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::MutexGuard;
use std::task::Waker;

use super::held::Held;
use super::{Core, Link, supervisor};

#[derive(Default)]
pub(super) struct After {
    pub(super) wake: Vec<Waker>,
    pub(super) ring_child: bool,
    pub(super) ring_driver: bool,
    /// What settled calls referred to, to be let go.
    pub(super) held: Vec<Held>,
    /// What came with replies that nobody wants.
    pub(super) received: Vec<Box<[OwnedFd]>>,
    /// When the supervising thread shall look.
    pub(super) remind: Option<u64>,
}

/// Guard of the object's lock. Effects queued while it is held run after it is released.
pub(crate) struct Locked<'l> {
    link: &'l Link,
    core: Option<MutexGuard<'l, Core>>,
}

impl<'l> Locked<'l> {
    pub(super) fn new(link: &'l Link, core: MutexGuard<'l, Core>) -> Self {
        Self { link, core: Some(core) }
    }
}

impl std::ops::Deref for Locked<'_> {
    type Target = Core;

    fn deref(&self) -> &Core {
        self.core.as_ref().expect("held until dropped")
    }
}

impl std::ops::DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Core {
        self.core.as_mut().expect("held until dropped")
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let Some(mut core) = self.core.take() else { return };
        let due = core.events.take_due();
        if due.is_none() && !core.after.is_anything() {
            return;
        }
        let after = mem::take(&mut core.after);
        drop(core);
        self.link.do_after(after);
        if let Some(due) = due {
            self.link.report_due(due);
        }
    }
}

impl After {
    #[inline]
    pub(super) fn is_anything(&self) -> bool {
        let Self { wake, ring_child, ring_driver, held, received, remind } = self;
        *ring_child || *ring_driver || remind.is_some() || !(wake.is_empty() && held.is_empty() && received.is_empty())
    }
}

/// A waker may be code of the user. Its panic ends neither the supervisor thread, nor a thread that panics already and unlocks.
fn wake_safely(waker: Waker) {
    let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    // The payload may panic when it is dropped.
    woken.unwrap_or_else(mem::forget);
}

impl Link {
    fn do_after(&self, after: After) {
        if after.ring_child {
            self.channel.request_bell.ring();
            self.waiting.note_woken();
        }
        if after.ring_driver {
            self.channel.reply_bell.ring();
        }
        if let Some(at) = after.remind {
            supervisor::remind(at, self.me.clone());
        }
        after.wake.into_iter().for_each(wake_safely);
    }
}
