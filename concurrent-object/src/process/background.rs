//! How the library makes a thread of its own: one that takes none of the program's signals.
//!
//! A signal for a process goes to any thread that does not block it. A program that waits for signals on one thread blocks them on
//! all others, and cannot do so on threads that it does not know of. So each thread of the library begins with all of them blocked: the
//! creating thread blocks them around the creation. Only the signals of faults are left, because a thread is sent those for what it
//! did itself, and a handler that the program has for them must run.
//!
//! Knows threads and signal masks. Invariant: no code runs on such a thread before the signals are blocked.

use std::cell::Cell;
use std::{io, thread};

use super::signal_mask::Mask;
use crate::error::refused::Naming;

thread_local! {
    /// On a thread of the library: the mask of the thread that created it, as processes begin with that it makes.
    static CREATORS: Cell<Option<Mask>> = const { Cell::new(None) };
}

/// Creates a thread of this name that blocks all signals.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    spawn_by(thread::Builder::new().name(name.to_owned()), work).map(drop)
}

/// The same, by a builder that says more than the name.
pub(crate) fn spawn_by(
    builder: thread::Builder,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<thread::JoinHandle<()>> {
    let creators = mask_for_processes();
    let work = move || {
        CREATORS.set(Some(creators));
        work();
    };
    Mask::all_but_faults().blocked_during(|| builder.spawn(work)).naming("clone3")
}

/// Does something on a thread of this name that blocks all signals, and waits for it.
pub(crate) fn run<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    let creators = mask_for_processes();
    let work = move || {
        CREATORS.set(Some(creators));
        work()
    };
    thread::scope(|scope| {
        let builder = thread::Builder::new().name(name.to_owned());
        let spawned = Mask::all_but_faults().blocked_during(|| builder.spawn_scoped(scope, work))?;
        spawned.join().map_err(|_| io::Error::other("a thread of the library panicked"))
    })
}

/// The signals that a process begins with blocked if this thread makes it: those that the program has blocked here.
pub(crate) fn mask_for_processes() -> Mask {
    CREATORS.try_with(Cell::get).ok().flatten().unwrap_or_else(Mask::of_this_thread)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    fn masks_of_a_thread() -> (Mask, Mask) {
        let (tell, told) = channel();
        spawn("test", move || tell.send((Mask::of_this_thread(), mask_for_processes())).expect("awaited"))
            .expect("a thread");
        told.recv().expect("told")
    }

    #[test]
    fn a_thread_blocks_all_signals_but_those_of_faults_and_its_creator_goes_on_as_before() {
        let before = Mask::of_this_thread();
        let (own, _) = masks_of_a_thread();
        for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGUSR1, libc::SIGCHLD, libc::SIGALRM] {
            assert!(own.has(signal), "{signal}");
        }
        assert!(!own.has(libc::SIGSEGV) && !own.has(libc::SIGBUS));
        assert_eq!(Mask::of_this_thread(), before);
    }

    #[test]
    fn processes_that_a_thread_makes_get_the_mask_of_its_creator() {
        Mask::of(&[libc::SIGUSR2]).blocked_during(|| {
            let (_, for_processes) = masks_of_a_thread();
            assert!(for_processes.has(libc::SIGUSR2) && !for_processes.has(libc::SIGTERM));
        });
    }

    #[test]
    fn a_thread_that_such_a_thread_creates_hands_the_same_mask_on() {
        let (tell, told) = channel();
        spawn("test", move || tell.send(masks_of_a_thread().1).expect("awaited")).expect("a thread");
        assert!(!told.recv().expect("told").has(libc::SIGTERM));
    }
}
