//! The reporter thread: reports events for the supervisor thread.
//!
//! Subscribers and hooks are code of the user. They may be slow, or wait for something that the
//! supervisor thread has yet to do. So the supervisor thread leaves them to this thread.
//!
//! Knows objects as `Supervised`; the object's `events` know what is reported. Invariant: the
//! supervisor thread calls no subscriber and no hook, and drops no hook.

use std::cell::OnceCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::supervised::Supervised;
use crate::process::background;

/// The channel to the thread. For each object that it receives, the thread reports the queued
/// events and drops the reference.
pub(crate) type Reporter = Sender<Arc<dyn Supervised>>;

// Set on the supervisor thread and on spawner threads.
thread_local!(static REPORTER: OnceCell<Reporter> = const { OnceCell::new() });

/// Creates the reporter thread. It ends when the last sender is dropped.
pub(crate) fn begin() -> io::Result<Reporter> {
    let (reporter, links) = channel();
    background::spawn(c"object-reports", move || report_all(&links))?;
    Ok(reporter)
}

/// Makes the calling thread one that leaves its reports to this reporter thread.
pub(crate) fn set_for_this_thread(reporter: Reporter) {
    REPORTER.with(|own| drop(own.set(reporter)));
}

/// Whether the calling thread leaves its reports to the reporter thread. False while a thread's TLS
/// is being destroyed. The supervisor thread never ends, so it is never in that state.
pub(crate) fn is_supervising() -> bool {
    REPORTER.try_with(|reporter| reporter.get().is_some()).unwrap_or(false)
}

/// Drops a reference to an object, on a thread that leaves its reports to the reporter thread.
/// Dropping the last reference drops the hook, which runs code of the user. So the reporter thread
/// drops it.
pub(crate) fn release(object: Arc<dyn Supervised>) {
    if let Some(last) = object.release() {
        REPORTER.with(|reporter| reporter.get().map(|reporter| reporter.send(last)));
    }
}

fn report_all(links: &Receiver<Arc<dyn Supervised>>) {
    for object in links {
        // A hook that panics while it is dropped must not end this thread.
        let reported = catch_unwind(AssertUnwindSafe(|| {
            object.report_left();
            drop(object);
        }));
        // The panic's payload may panic when it is dropped, so it is leaked.
        reported.unwrap_or_else(std::mem::forget);
    }
}
