//! The library's threads, which the C library creates and not the standard library.
//!
//! Problem: each thread that the standard library creates locks one global mutex of that library as
//! it begins and as it ends, to note its stack. If the program forks while a thread holds the
//! mutex, the copy inherits it locked: no thread of the standard library can begin in that copy. A
//! copy may use objects, and an object needs threads. A thread from here takes no lock that a copy
//! could inherit, because the C library makes its own locks usable again in a copy.
//!
//! What is missing on such a thread: an overflow of its stack ends the process without the standard
//! library's message, and messages of panics call it unnamed.
//!
//! Knows threads of the C library and signal masks. Invariant: a closure runs at most once, and a
//! panic does not leave the thread.
#![allow(unsafe_code)]

use std::borrow::Cow;
use std::ffi::{CStr, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{io, ptr};

use super::signal_mask::Mask;
use crate::error::refused::Naming;

/// In bytes. As large as the standard library's.
pub(crate) const STACK_SIZE: usize = 2 * 1024 * 1024;

/// In bytes. Tried if the C library refuses a smaller stack, because the thread-local variables of
/// the program do not fit.
const LARGE_STACK_SIZE: usize = 8 * 1024 * 1024;

type Work<'scope> = Box<dyn FnOnce() + Send + 'scope>;

/// A thread that was created here. It is detached if this handle is dropped.
#[derive(Debug)]
pub(crate) struct Thread(libc::pthread_t);

// SAFETY: with musl the handle is a pointer, which only the C library follows. The C library
// accepts it on any thread, and `join` and `drop` consume it.
unsafe impl Send for Thread {}
// SAFETY: a shared reference only allows a comparison.
unsafe impl Sync for Thread {}

impl Thread {
    /// Creates a thread with a stack of this size in bytes, which begins with the signals of `mask`
    /// blocked. The kernel shows the first 15 bytes of the name.
    pub(crate) fn begin(
        name: impl Into<Cow<'static, CStr>>,
        stack_size: usize,
        mask: Mask,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let work = named(name.into(), work);
        mask.blocked_during(|| create(stack_size, work))
    }

    /// Waits until the thread has ended. The thread must not be the calling one.
    pub(crate) fn join(self) {
        // SAFETY: the thread was created joinable. It is neither joined nor detached before,
        // because both consume the handle.
        unsafe { libc::pthread_join(self.0, ptr::null_mut()) };
        std::mem::forget(self);
    }

    /// Whether the calling thread is this one.
    pub(crate) fn is_current(&self) -> bool {
        // SAFETY: `pthread_self` has no precondition.
        self.0 == unsafe { libc::pthread_self() }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: as in `join`.
        unsafe { libc::pthread_detach(self.0) };
    }
}

/// Runs `work` on a new thread, which begins with the signals of `mask` blocked, and waits for it.
///
/// # Errors
/// If the thread cannot be created, or if `work` panicked.
pub(crate) fn run<T: Send>(name: &'static CStr, mask: Mask, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    let mut made = None;
    let work = named(name.into(), || made = Some(work()));
    // SAFETY: only the lifetime changes. The thread is joined before this function returns, and
    // nothing between can panic. So the closure does not outlive what it borrows.
    let work = unsafe { std::mem::transmute::<Work<'_>, Work<'static>>(work) };
    mask.blocked_during(|| create(STACK_SIZE, work))?.join();
    made.ok_or_else(|| io::Error::other("a thread of the library panicked"))
}

fn named<'scope>(name: Cow<'static, CStr>, work: impl FnOnce() + Send + 'scope) -> Work<'scope> {
    Box::new(move || {
        // Only tools show the name.
        let _unnamed = rustix::thread::set_name(&name);
        drop(name);
        work();
    })
}

fn create(stack_size: usize, work: Work<'static>) -> io::Result<Thread> {
    // Twice in a box: a pointer to a trait object does not fit in one word.
    let work = Box::into_raw(Box::new(work)).cast::<c_void>();
    let attempt = |size| ThreadAttributes::with_stack(size).and_then(|attributes| attributes.create(work));
    let created = match attempt(stack_size) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => attempt(LARGE_STACK_SIZE),
        created => created,
    };
    if created.is_err() {
        // SAFETY: the pointer came from a box above, and no thread was created that could own it.
        drop(unsafe { Box::from_raw(work.cast::<Work<'static>>()) });
    }
    created
}

extern "C" fn begin(work: *mut c_void) -> *mut c_void {
    // SAFETY: `create` passes the pointer of such a box, and gives it up once the thread exists.
    let work = unsafe { Box::from_raw(work.cast::<Work<'static>>()) };
    // The panic's payload may panic when it is dropped, so it is leaked.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(std::mem::forget);
    ptr::null_mut()
}

/// What the C library must know of a thread before it creates it.
struct ThreadAttributes(libc::pthread_attr_t);

impl ThreadAttributes {
    fn with_stack(size: usize) -> io::Result<Self> {
        let mut room = MaybeUninit::uninit();
        // SAFETY: there is room for the attributes, which the call initialises.
        checked(unsafe { libc::pthread_attr_init(room.as_mut_ptr()) })?;
        // SAFETY: the call above initialised the attributes, since it did not fail.
        let mut attributes = Self(unsafe { room.assume_init() });
        // SAFETY: the attributes are initialised.
        checked(unsafe { libc::pthread_attr_setstacksize(&raw mut attributes.0, size) })?;
        Ok(attributes)
    }

    /// Creates a thread that gets `work`, the pointer to a boxed [`Work`].
    fn create(&self, work: *mut c_void) -> io::Result<Thread> {
        let mut thread = MaybeUninit::uninit();
        // SAFETY: the attributes are initialised, there is room for the handle, and `begin` has
        // the signature that the C library calls.
        checked(unsafe { libc::pthread_create(thread.as_mut_ptr(), &raw const self.0, begin, work) })
            .naming("clone3")?;
        // SAFETY: the call wrote the handle, since it did not fail.
        Ok(Thread(unsafe { thread.assume_init() }))
    }
}

impl Drop for ThreadAttributes {
    fn drop(&mut self) {
        // SAFETY: the attributes are initialised, and not used after this.
        unsafe { libc::pthread_attr_destroy(&raw mut self.0) };
    }
}

/// The functions of the C library for threads return an error's number.
fn checked(code: i32) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_result_comes_back_from_a_thread_that_borrows() {
        let text = String::from("borrowed");
        let there = run(c"test", Mask::of(&[]), || (text.len(), std::thread::current().id()));
        let (length, thread) = there.expect("a thread");
        assert_eq!(length, text.len());
        assert_ne!(thread, std::thread::current().id());
    }

    #[test]
    fn a_panic_is_an_error_and_ends_only_its_thread() {
        let failed = run(c"test", Mask::of(&[]), || panic!("on purpose")).map(|(): ()| ());
        assert_eq!(failed.expect_err("it panicked").to_string(), "a thread of the library panicked");
    }

    #[test]
    fn a_thread_runs_its_thread_locals_destructors_before_it_is_joined() {
        struct Told(std::sync::mpsc::Sender<()>);
        impl Drop for Told {
            fn drop(&mut self) {
                self.0.send(()).expect("awaited");
            }
        }
        thread_local!(static TOLD: std::cell::RefCell<Option<Told>> = const { std::cell::RefCell::new(None) });
        let (sender, receiver) = channel();
        Thread::begin(c"test", STACK_SIZE, Mask::of(&[]), move || TOLD.set(Some(Told(sender))))
            .expect("a thread")
            .join();
        receiver.try_recv().expect("dropped");
    }

    #[test]
    fn a_stack_that_is_too_small_for_the_c_library_is_made_larger() {
        let (sender, receiver) = channel();
        let thread =
            Thread::begin(c"test", 1, Mask::of(&[]), move || sender.send([0_u8; 100_000].len()).expect("awaited"));
        let thread = thread.expect("a thread");
        assert!(!thread.is_current());
        assert_eq!(receiver.recv().expect("sent"), 100_000);
        thread.join();
    }
}
