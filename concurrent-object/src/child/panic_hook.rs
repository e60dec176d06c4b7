//! The panic hook of a child: records each panic for the caller, or for the crash note.
//!
//! The naive way reads the payload at the panic boundary. The payload has no location and no
//! backtrace, and a panic that ends the process never arrives there (a second panic while
//! unwinding, say). So the hook records the panic twice, before it calls the previous hook. The
//! crash note is for a panic that ends the process, the thread-local for a panic that is caught.
//! The serving loop takes the thread-local for the caller. After the call the loop clears the note,
//! because the process did not end.
//!
//! The hook of a program with objects in threads is installed once. It records the panics of those
//! threads only, by a thread-local.
//!
//! Knows panics and the crash note. Does not know calls. Invariant: the previous hook still runs,
//! so a panic is printed to the child's stderr as without this library.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Panic;
use crate::error::panic::NO_TEXT;
use crate::process::output::bracket;
use crate::protocol::failure::{CrashRecord, shortened, shortened_backtrace};
use crate::transport::Transport;
use crate::transport::mapped::Channel;
use crate::wire;

thread_local! {
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
    /// The channel of the object that lives in this thread.
    static OF_THREAD: RefCell<Option<Arc<Channel>>> = const { RefCell::new(None) };
}

/// Installs the hook. From then on it records every panic before it calls the previous hook.
pub(crate) fn install(channel: Arc<Channel>) {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        record(info, &channel);
        bracket::around(|| previous(info));
    }));
}

/// Has the panics of the calling thread recorded, in which an object lives.
///
/// The first call in a program installs the hook. If the program replaces the hook later, the
/// caller of a method that panics still gets the message, but no place in the source.
pub(crate) fn enter_thread(channel: Arc<Channel>) {
    static IS_INSTALLED: AtomicBool = AtomicBool::new(false);
    OF_THREAD.set(Some(channel));
    if IS_INSTALLED.swap(true, Ordering::Relaxed) {
        return;
    }
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        // Fails while the thread's TLS is being destroyed; such a panic is not caught here.
        let channel = OF_THREAD.try_with(|channel| channel.borrow().clone());
        channel.ok().flatten().into_iter().for_each(|channel| record(info, &channel));
        previous(info);
    }));
}

/// Forgets the object of the calling thread, which has ended.
pub(crate) fn leave_thread() {
    drop(OF_THREAD.take());
    drop(LAST.take());
}

fn record(info: &PanicHookInfo<'_>, channel: &Channel) {
    let panic = describe(info);
    leave(channel, &CrashRecord::Panic(panic.clone(), None));
    // The backtrace comes after the first record. It takes long, and it may itself end a process
    // whose memory is corrupted.
    if let Some(backtrace) = backtrace() {
        leave(channel, &CrashRecord::Panic(panic.clone(), Some(backtrace)));
    }
    // Fails while the thread's TLS is being destroyed; such a panic is not caught here.
    let _recorded = LAST.try_with(|last| last.replace(Some(panic)));
}

/// Writes a crash note for the parent.
pub(crate) fn leave(channel: &Channel, record: &CrashRecord) {
    if let Ok(bytes) = wire::to_bytes(record) {
        channel.crash_note().write(&bytes);
    }
}

/// Returns the record of the panic that the caller has just caught, and drops its payload.
pub(crate) fn caught(payload: Box<dyn Any + Send>) -> Panic {
    let recorded = LAST.with(RefCell::take);
    let panic = recorded.unwrap_or_else(|| Panic::new(Panic::text_of(&*payload), String::new(), 0, 0));
    // A payload's `Drop` may panic. The payload of that second panic is leaked, because its `Drop`
    // may panic too.
    if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        std::mem::forget(second);
    }
    panic
}

/// Clears the records of panics at the end of a call, if it had any.
#[inline]
pub(crate) fn forget(channel: &Channel) {
    // The note is checked, and not the outcome: the method may have caught a panic itself.
    if channel.crash_note().is_written() {
        LAST.with(|last| last.replace(None));
        channel.crash_note().forget();
    }
}

fn describe(info: &PanicHookInfo<'_>) -> Panic {
    let message = info.payload_as_str().unwrap_or(NO_TEXT).to_owned();
    let (file, line, column) = info.location().map_or(("", 0, 0), |at| (at.file(), at.line(), at.column()));
    Panic::new(shortened(message), file.to_owned(), line, column)
}

/// Captures a backtrace if the environment enables it. Resolving function names takes milliseconds.
fn backtrace() -> Option<String> {
    let captured = Backtrace::capture();
    (captured.status() == BacktraceStatus::Captured)
        .then(|| shortened_backtrace(without_hook_frames(&captured.to_string())))
}

/// Removes the frames above the panic machinery: they belong to this hook, and not to the panic.
fn without_hook_frames(text: &str) -> String {
    let begin = text.find("rust_begin_unwind").or_else(|| text.find("core::panicking::panic_fmt"));
    let line = begin.and_then(|begin| text[..begin].rfind('\n')).map_or(0, |end| end + 1);
    text[line..].to_owned()
}
