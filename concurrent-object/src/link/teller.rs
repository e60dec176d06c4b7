//! The one thread that tells what the supervising thread has noticed: subscribers and hooks are code of the user, which may take its
//! time, or wait for what the supervising thread is to do.
//!
//! Knows news and links. Invariant: on the supervising thread nothing is told.

use std::cell::OnceCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::Link;
use super::news::News;

/// The way to the thread.
pub(super) type Teller = Sender<(Arc<Link>, Vec<News>)>;

// Of the supervising thread alone.
thread_local!(static TELLER: OnceCell<Teller> = const { OnceCell::new() });

/// Makes the thread. It ends with whoever has the way to it.
pub(super) fn begin() -> io::Result<Teller> {
    let (teller, news) = channel();
    thread::Builder::new().name("object-reports".into()).spawn(move || tell_all(&news))?;
    Ok(teller)
}

/// From now on this thread tells nothing itself.
pub(super) fn leave_to(teller: Teller) {
    TELLER.with(|own| drop(own.set(teller)));
}

/// Tells it here, unless this is the supervising thread.
pub(super) fn tell(link: &Link, news: Vec<News>) {
    let here = match (teller(), link.me.upgrade()) {
        (Some(teller), Some(link)) => teller.send((link, news)).map_err(|unsent| unsent.0.1),
        _ => Err(news),
    };
    // It is lost nowhere, though a thread that never ends cannot be gone.
    here.unwrap_or_else(|news| {
        news.iter().for_each(|news| link.tell(news));
    });
}

/// Lets go of a link. If nobody else has it, that drops its hook, and what code of the user does then is not for this thread.
pub(super) fn let_go(link: Arc<Link>) {
    if let Some(last) = Arc::into_inner(link) {
        teller().map(|teller| teller.send((Arc::new(last), Vec::new())));
    }
}

/// The way to the thread, for the supervising thread. A thread that is being torn down, with a proxy among what it lets go of, is none.
fn teller() -> Option<Teller> {
    TELLER.try_with(|teller| teller.get().cloned()).ok().flatten()
}

fn tell_all(news: &Receiver<(Arc<Link>, Vec<News>)>) {
    for (link, news) in news {
        // A subscriber that panics, or a hook when it is dropped, takes nobody's news away.
        let told = catch_unwind(AssertUnwindSafe(|| {
            news.iter().for_each(|news| link.tell(news));
            drop((link, news));
        }));
        // What was said may panic when it is dropped.
        told.unwrap_or_else(std::mem::forget);
    }
}
