//! Creates the library's own threads, which take none of the program's signals.
//!
//! Problem: the kernel delivers a signal for a process to any thread that does not block it. A
//! program that waits for signals on one thread blocks them on all its other threads. It cannot do
//! so on threads that it does not know of. So each thread of the library begins with all signals
//! blocked: the creating thread blocks them around the creation. Only the signals of faults stay
//! unblocked. The kernel sends those to the thread that caused them, and the program's handler for
//! them must run.
//!
//! Knows threads and signal masks. Invariant: no code runs on such a thread before the signals are
//! blocked.

use std::borrow::Cow;
use std::cell::Cell;
use std::ffi::CStr;
use std::io;

use super::signal_mask::Mask;
use super::thread::{self, STACK_SIZE, Thread};

thread_local! {
    /// On a thread of the library: the signal mask of its creator. Processes that this thread
    /// spawns begin with that mask.
    static CREATORS: Cell<Option<Mask>> = const { Cell::new(None) };
}

/// Creates a thread of this name that blocks all signals.
pub(crate) fn spawn(name: &'static CStr, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    spawn_with_stack(name, STACK_SIZE, work).map(drop)
}

/// Creates such a thread with a stack of this size in bytes.
pub(crate) fn spawn_with_stack(
    name: impl Into<Cow<'static, CStr>>,
    stack_size: usize,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<Thread> {
    Thread::begin(name, stack_size, Mask::all_but_faults(), with_creators_mask(work))
}

/// Runs `work` on a thread of this name that blocks all signals, and waits for it.
pub(crate) fn run<T: Send>(name: &'static CStr, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::run(name, Mask::all_but_faults(), with_creators_mask(work))
}

/// Adds to the work of a thread that it remembers the mask for processes of the calling thread.
fn with_creators_mask<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let creators = mask_for_processes();
    move || {
        CREATORS.set(Some(creators));
        work()
    }
}

/// Returns the signal mask for processes that the calling thread spawns: what the program has
/// blocked on this thread, or on the thread that created it.
pub(crate) fn mask_for_processes() -> Mask {
    CREATORS.try_with(Cell::get).ok().flatten().unwrap_or_else(Mask::of_this_thread)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    fn masks_of_a_thread() -> (Mask, Mask) {
        let (sender, receiver) = channel();
        spawn(c"test", move || sender.send((Mask::of_this_thread(), mask_for_processes())).expect("awaited"))
            .expect("a thread");
        receiver.recv().expect("sent")
    }

    #[test]
    fn a_library_thread_blocks_all_signals_but_faults_and_its_creator_is_unchanged() {
        let before = Mask::of_this_thread();
        let (own, _) = masks_of_a_thread();
        for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGUSR1, libc::SIGCHLD, libc::SIGALRM] {
            assert!(own.has(signal), "{signal}");
        }
        assert!(!own.has(libc::SIGSEGV) && !own.has(libc::SIGBUS));
        assert_eq!(Mask::of_this_thread(), before);
    }

    #[test]
    fn processes_of_a_library_thread_get_the_mask_of_its_creator() {
        Mask::of(&[libc::SIGUSR2]).blocked_during(|| {
            let (_, for_processes) = masks_of_a_thread();
            assert!(for_processes.has(libc::SIGUSR2) && !for_processes.has(libc::SIGTERM));
        });
    }

    #[test]
    fn a_library_thread_passes_its_creators_mask_to_the_threads_it_creates() {
        let (sender, receiver) = channel();
        spawn(c"test", move || sender.send(masks_of_a_thread().1).expect("awaited")).expect("a thread");
        assert!(!receiver.recv().expect("sent").has(libc::SIGTERM));
    }
}
