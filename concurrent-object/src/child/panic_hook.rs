//! What a child remembers of a panic: for the caller if it is caught, and as last words if it is the end.
//!
//! Knows panics. The hook that was there before still runs, so a panic looks on the child's stderr as it always did.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Arc;

use crate::error::Panic;
use crate::error::panic::NO_TEXT;
use crate::process::output::bracket;
use crate::protocol::failure::{CrashRecord, shortened, shortened_backtrace};
use crate::transport::Transport;
use crate::transport::mapped::Channel;
use crate::wire;

thread_local!(static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) });

/// From now on every panic is remembered before anything else is done about it.
pub(crate) fn install(channel: Arc<Channel>) {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let panic = describe(info);
        leave(&channel, &CrashRecord::Panic(panic.clone(), None));
        // Only then what takes long, and may itself be the end of a process whose memory is not what it should be.
        if let Some(backtrace) = backtrace() {
            leave(&channel, &CrashRecord::Panic(panic.clone(), Some(backtrace)));
        }
        let _thread_ends = LAST.try_with(|last| last.replace(Some(panic)));
        bracket::around(|| previous(info));
    }));
}

/// Leaves last words for the parent.
pub(crate) fn leave(channel: &Channel, word: &CrashRecord) {
    if let Ok(bytes) = wire::to_bytes(word) {
        channel.crash_note().write(&bytes);
    }
}

/// What the panic that was just caught had to say.
pub(crate) fn caught(payload: Box<dyn Any + Send>) -> Panic {
    let remembered = LAST.with(RefCell::take);
    let panic = remembered.unwrap_or_else(|| Panic::new(Panic::text_of(&*payload), String::new(), 0, 0));
    // A payload may panic when it is dropped; one more try, then it is left alone.
    if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        std::mem::forget(second);
    }
    panic
}

/// The call is over and so is what its panics had to say, if it had any.
#[inline]
pub(crate) fn forget(channel: &Channel) {
    // The record itself tells whether a panic was caught here or inside the method.
    if channel.crash_note().is_written() {
        LAST.with(|last| last.replace(None));
        channel.crash_note().clear();
    }
}

fn describe(info: &PanicHookInfo<'_>) -> Panic {
    let message = info.payload_as_str().unwrap_or(NO_TEXT).to_owned();
    let (file, line, column) = info.location().map_or(("", 0, 0), |at| (at.file(), at.line(), at.column()));
    Panic::new(shortened(message), file.to_owned(), line, column)
}

/// Where the panic came from, if the environment asks for that: finding the names of the functions takes milliseconds.
fn backtrace() -> Option<String> {
    let taken = Backtrace::capture();
    (taken.status() == BacktraceStatus::Captured).then(|| shortened_backtrace(of_the_panic(&taken.to_string())))
}

/// What stands above the panic's own machinery says nothing of the panic.
fn of_the_panic(text: &str) -> String {
    let begin = text.find("rust_begin_unwind").or_else(|| text.find("core::panicking::panic_fmt"));
    let line = begin.and_then(|begin| text[..begin].rfind('\n')).map_or(0, |end| end + 1);
    text[line..].to_owned()
}
