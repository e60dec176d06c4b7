//! What the reactor thread sleeps on: doorbells, ends and sockets of the objects that tasks wait
//! on.
//!
//! On Linux it is an epoll set (`linux`), on other targets an alarm (`portable`).
//!
//! Invariants: a doorbell is reported for each ring. An end and a socket are reported once for each
//! time that they were added.

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::ReactorSet;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::ReactorSet;

/// The number of the set's own event. Objects have other numbers.
const OWN: u64 = 0;

/// Set in an event's data if a process has ended. The other bits are the object's number.
const EXIT: u64 = 1 << 63;

/// An event of an object, for the reactor thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reacted {
    /// The child has rung, or the control socket has room.
    Ring(u64),
    /// The process has ended.
    Exit(u64),
}

/// Converts the numbers of events.
fn reacted(numbers: impl Iterator<Item = u64>) -> Vec<Reacted> {
    let others = numbers.filter(|&number| number != OWN);
    others
        .map(|number| if number & EXIT == 0 { Reacted::Ring(number) } else { Reacted::Exit(number & !EXIT) })
        .collect()
}
