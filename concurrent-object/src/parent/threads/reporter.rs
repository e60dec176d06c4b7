//! The thread that reports events for the supervising thread. Subscribers and hooks are code of the user: they may be slow, or wait
//! for something that the supervising thread has yet to do.
//!
//! Knows links; their events are in `events`. Invariant: the supervising thread calls no subscriber and no hook, and drops no hook.

use std::cell::OnceCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::supervised::Supervised;
use crate::process::background;

/// The way to the thread: it reports what is queued in the object, and drops its reference.
pub(crate) type Reporter = Sender<Arc<dyn Supervised>>;

// Set on the supervising thread alone.
thread_local!(static REPORTER: OnceCell<Reporter> = const { OnceCell::new() });

/// Spawns the thread. It ends when the last sender is dropped.
pub(crate) fn begin() -> io::Result<Reporter> {
    let (reporter, links) = channel();
    background::spawn("object-reports", move || report_all(&links))?;
    Ok(reporter)
}

/// Makes the calling thread the supervising one.
pub(crate) fn leave_to(reporter: Reporter) {
    REPORTER.with(|own| drop(own.set(reporter)));
}

/// Whether the calling thread is the supervising one. A thread that is destroying its thread-locals is not: the supervising one
/// never ends.
pub(crate) fn is_supervising() -> bool {
    REPORTER.try_with(|reporter| reporter.get().is_some()).unwrap_or(false)
}

/// Drops a reference to an object, on the supervising thread. The last one drops the hook, and what that does is code of the user: so it
/// is left to the other thread.
pub(crate) fn release(object: Arc<dyn Supervised>) {
    if let Some(last) = object.release() {
        REPORTER.with(|reporter| reporter.get().map(|reporter| reporter.send(last)));
    }
}

fn report_all(links: &Receiver<Arc<dyn Supervised>>) {
    for object in links {
        // A hook that panics when it is dropped does not end this thread.
        let reported = catch_unwind(AssertUnwindSafe(|| {
            object.report_left();
            drop(object);
        }));
        // The payload may panic when it is dropped.
        reported.unwrap_or_else(std::mem::forget);
    }
}
