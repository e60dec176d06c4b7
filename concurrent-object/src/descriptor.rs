//! What threads of the library sleep on, and what parent and child hand each other: events, sockets
//! and memory files.
//!
//! On Linux these are descriptors of the kernel (`linux`). On other targets both ends of a channel
//! are in one process, so these are values of that process (`portable`). They have the same names
//! and the same functions, so the code above does not know which of the two it uses.
//!
//! Knows no channel and no object. Invariant: an event that is set stays set until it is cleared,
//! and ends each wait until then.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) mod portable;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::{
    AsFd, BorrowedFd, Errno, OwnedFd, PollFd, PollFlags, clear_event, clear_foreign_event, is_open, new_event,
    number_of, poll, set_event, wait_for_word, wake_word,
};
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::{
    AsFd, BorrowedFd, OwnedFd, number_of,
    polling::{
        Errno, PollFd, PollFlags, clear_event, clear_event as clear_foreign_event, is_open, new_event, poll, set_event,
        wait_for_word, wake_word,
    },
};
