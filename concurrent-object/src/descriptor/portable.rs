//! Stand-ins for descriptors in a process that has both ends of each channel.
//!
//! Problem: the code above names descriptors everywhere, and waits for several at once. Targets
//! other than Linux have other descriptors, or none. Way: a descriptor is a counted reference to a
//! value of this process: an event, one end of a socket, or memory. Its last reference drops the
//! value, as the kernel does with a descriptor.
//!
//! Knows values and events. Invariant: an end of a socket is closed once, when its last reference
//! is dropped.

pub(crate) mod alarm;
pub(crate) mod polling;
pub(crate) mod socket;

use std::any::Any;
use std::io;
use std::panic::RefUnwindSafe;
use std::sync::Arc;

use self::alarm::{Alarm, Readiness};
use self::socket::Socket;

/// What a descriptor refers to.
#[derive(Debug)]
enum Referent {
    Event(Readiness),
    Socket(Socket),
    /// Memory, of a type that this module does not know.
    Memory(Arc<dyn Any + Send + Sync>),
}

/// As for a descriptor of the kernel: a panic leaves no target half-changed. The locks here hold no
/// code that panics, and memory is checked by those who read it.
impl RefUnwindSafe for Referent {}

/// A descriptor that keeps its target.
#[derive(Debug)]
pub(crate) struct OwnedFd(Arc<Referent>);

/// A borrowed descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BorrowedFd<'d>(&'d OwnedFd);

/// A value with a descriptor.
pub(crate) trait AsFd {
    /// Borrows the descriptor.
    fn as_fd(&self) -> BorrowedFd<'_>;
}

impl OwnedFd {
    fn of(target: Referent) -> Self {
        Self(Arc::new(target))
    }

    /// A descriptor of memory.
    pub(crate) fn of_memory<T: Any + Send + Sync>(memory: Arc<T>) -> Self {
        Self::of(Referent::Memory(memory))
    }

    /// Returns another descriptor of the same target. Never fails: it has the form of the function
    /// that asks the kernel.
    #[allow(clippy::unnecessary_wraps, reason = "the kernel may refuse")]
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self(self.0.clone()))
    }
}

impl BorrowedFd<'_> {
    /// Returns the memory behind it, if it has this type.
    pub(crate) fn memory<T: Any + Send + Sync>(self) -> Option<Arc<T>> {
        match &*self.0.0 {
            Referent::Memory(memory) => memory.clone().downcast().ok(),
            Referent::Event(_) | Referent::Socket(_) => None,
        }
    }

    /// Returns another descriptor of the same target.
    pub(crate) fn try_clone_to_owned(self) -> io::Result<OwnedFd> {
        self.0.try_clone()
    }

    /// Rings `alarm` with this number each time that the target becomes readable, and at once if it
    /// is. Memory is always readable.
    pub(crate) fn watch(self, number: u64, alarm: &Arc<Alarm>) {
        match self.event() {
            Some(event) => event.watch(number, alarm),
            None => alarm.ring(number),
        }
    }

    /// Ends the watch of this alarm.
    pub(crate) fn unwatch(self, alarm: &Arc<Alarm>) {
        self.event().into_iter().for_each(|event| event.unwatch(alarm));
    }
}

impl<'d> BorrowedFd<'d> {
    /// Returns the end of a socket behind it.
    pub(crate) fn socket(self) -> Option<&'d Socket> {
        match &*self.0.0 {
            Referent::Socket(socket) => Some(socket),
            Referent::Event(_) | Referent::Memory(_) => None,
        }
    }

    /// The event that shows whether the target is readable.
    fn event(self) -> Option<&'d Readiness> {
        match &*self.0.0 {
            Referent::Event(event) => Some(event),
            Referent::Socket(socket) => Some(socket.incoming()),
            Referent::Memory(_) => None,
        }
    }
}

impl AsFd for OwnedFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        BorrowedFd(self)
    }
}

impl AsFd for BorrowedFd<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        *self
    }
}

impl<T: AsFd + ?Sized> AsFd for &T {
    fn as_fd(&self) -> BorrowedFd<'_> {
        (**self).as_fd()
    }
}

impl<T: AsFd + ?Sized> AsFd for Arc<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        (**self).as_fd()
    }
}

/// Returns the descriptor's number. There is none here, and no limit for numbers.
pub(crate) fn number_of(_descriptor: impl AsFd) -> u64 {
    0
}
