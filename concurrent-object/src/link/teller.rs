//! The thread that reports events for the supervising thread. Subscribers and hooks are code of the user: they may be slow, or wait
//! for something that the supervising thread has yet to do.
//!
//! Knows links; their events are in `events`. Invariant: the supervising thread calls no subscriber and no hook, and drops no hook.

use std::cell::OnceCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::Link;
use crate::process::background;

/// The way to the thread: it reports what is queued in the link, and drops its reference.
pub(super) type Teller = Sender<Arc<Link>>;

// Set on the supervising thread alone.
thread_local!(static TELLER: OnceCell<Teller> = const { OnceCell::new() });

/// Spawns the thread. It ends when the last sender is dropped.
pub(super) fn begin() -> io::Result<Teller> {
    let (teller, links) = channel();
    background::spawn("object-reports", move || report_all(&links))?;
    Ok(teller)
}

/// Makes the calling thread the supervising one.
pub(super) fn leave_to(teller: Teller) {
    TELLER.with(|own| drop(own.set(teller)));
}

/// Whether the calling thread is the supervising one. A thread that is destroying its thread-locals is not: the supervising one
/// never ends.
pub(super) fn is_supervising() -> bool {
    TELLER.try_with(|teller| teller.get().is_some()).unwrap_or(false)
}

/// Drops a reference to a link, on the supervising thread. The last one drops the hook, and what that does is code of the user: so it
/// is left to the other thread.
pub(super) fn let_go(link: Arc<Link>) {
    if let Some(last) = Arc::into_inner(link) {
        TELLER.with(|teller| teller.get().map(|teller| teller.send(Arc::new(last))));
    }
}

fn report_all(links: &Receiver<Arc<Link>>) {
    for link in links {
        // A hook that panics when it is dropped does not end this thread.
        let reported = catch_unwind(AssertUnwindSafe(|| {
            link.report_left();
            drop(link);
        }));
        // The payload may panic when it is dropped.
        reported.unwrap_or_else(std::mem::forget);
    }
}
