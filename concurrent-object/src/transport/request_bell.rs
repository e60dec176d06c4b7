//! The bell that wakes a sleeping child: a word in the control file, and the kernel's futex.
//!
//! Problem: parent and child share the open file behind an eventfd, and so its flags. A hostile
//! child clears `O_NONBLOCK` and fills the counter. Then the parent's next `write` blocks without
//! end, and no form of `write` to an eventfd ignores those flags. Way here: the parent adds one to
//! a word and wakes the child, neither of which can block. The child notes the word before its last
//! check for work, and the kernel lets it sleep only while the word is the same (*event count*).
//!
//! An object in a thread sleeps on its socket too, which a futex cannot do. It shares its parent's
//! process, so it gets an eventfd. Knows that word and that eventfd. Invariant: the parent relies
//! on no value of the word.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::Bell;
use super::doorbell::{Doorbell, Woken};
use crate::clock::{Moment, timespec};
use crate::descriptor::{BorrowedFd, wait_for_word, wake_word};

/// What one end of the channel keeps for the bell.
#[derive(Debug, Default)]
pub(crate) struct RequestBellEnd {
    /// The value of the word at the child's last `clear`.
    seen: AtomicU32,
    /// How often this end has rung.
    rings: AtomicU64,
    /// The eventfd that takes the place of the word, if the object lives in a thread.
    event: OnceLock<Doorbell>,
}

impl RequestBellEnd {
    /// Parent: makes the end of an object in a thread.
    pub(crate) fn of_thread(&self) -> io::Result<Self> {
        let event = match self.event.get() {
            Some(event) => event,
            None => {
                let event = Doorbell::ringing()?;
                self.event.get_or_init(|| event)
            }
        };
        Ok(Self { event: OnceLock::from(event.again()?), ..Self::default() })
    }
}

/// One end of the bell, with the word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestBell<'c> {
    pub(super) word: &'c AtomicU32,
    pub(super) end: &'c RequestBellEnd,
}

impl RequestBell<'_> {
    /// Returns how often this end has rung.
    pub(crate) fn rings(self) -> u64 {
        self.end.rings.load(Ordering::Relaxed)
    }

    /// Child: sleeps until the bell rings, `other` is readable, or the deadline passes. It may
    /// return early.
    ///
    /// Only an object in a thread may pass `other`.
    pub(crate) fn wait(self, other: Option<BorrowedFd<'_>>, deadline: Option<Moment>) -> io::Result<Woken> {
        if let Some(event) = self.end.event.get() {
            return event.wait_or(other, None, deadline);
        }
        debug_assert!(other.is_none(), "a futex wait ends for the word alone");
        let left = deadline.map(|deadline| timespec(deadline.left()));
        wait_for_word(self.word, self.end.seen.load(Ordering::Relaxed), left.as_ref());
        Ok(Woken::Rung)
    }
}

impl Bell for RequestBell<'_> {
    fn ring(&self) {
        self.end.rings.fetch_add(1, Ordering::Relaxed);
        match self.end.event.get() {
            Some(event) => event.ring(),
            None => {
                // Release pairs with the Acquire in `clear`: a child that has noted this value also
                // sees what the parent wrote before, so it does not sleep.
                self.word.fetch_add(1, Ordering::Release);
                wake_word(self.word);
            }
        }
    }

    /// Child: notes what has rung. Called before the last check for work.
    fn clear(&self) {
        match self.end.event.get() {
            Some(event) => event.clear(),
            None => self.end.seen.store(self.word.load(Ordering::Acquire), Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_ring_after_the_last_check_ends_the_wait() {
        let (word, end) = (AtomicU32::new(u32::MAX), RequestBellEnd::default());
        let bell = RequestBell { word: &word, end: &end };
        bell.clear();
        bell.ring();
        bell.wait(None, None).expect("it returns at once");
        bell.clear();
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(20));
                bell.ring();
            });
            while word.load(Ordering::Relaxed) != 1 {
                bell.wait(None, None).expect("it returns when the other thread rings");
            }
        });
    }

    #[test]
    fn a_wait_ends_at_its_deadline() {
        let (word, end) = (AtomicU32::new(0), RequestBellEnd::default());
        let bell = RequestBell { word: &word, end: &end };
        bell.clear();
        let deadline = Moment::after(Duration::from_millis(20));
        while !deadline.has_come() {
            bell.wait(None, Some(deadline)).expect("it returns");
        }
    }

    #[test]
    fn an_object_in_a_thread_is_woken_through_an_eventfd() {
        let (word, end) = (AtomicU32::new(0), RequestBellEnd::default());
        let its = [end.of_thread().expect("an eventfd"), end.of_thread().expect("the same eventfd again")];
        RequestBell { word: &word, end: &end }.ring();
        for end in &its {
            let bell = RequestBell { word: &word, end };
            assert_eq!(bell.wait(None, None).expect("it returns"), Woken::Rung);
        }
        assert_eq!(word.load(Ordering::Relaxed), 0);
    }
}
