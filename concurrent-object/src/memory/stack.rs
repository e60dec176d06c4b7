//! How much stack the calling thread has left, so that a recursion ends with an error before it
//! overflows.
//!
//! Problem: values are written and read by recursion through code of the user, whose frames may
//! have any size. A stack overflow ends the process. A fixed depth limit fails both ways: it
//! forbids much that fits, and large frames overflow before it. So each level asks a [`Gauge`]
//! first. The gauge compares the address of a local variable with the lower bound of the stack. It
//! assumes that the next level takes at most one and a half times as much as the widest level so
//! far.
//!
//! Knows addresses; knows nothing of values.

mod bounds;

use std::cell::Cell;
use std::fmt::{self, Display};
use std::mem::MaybeUninit;

/// How many bytes of stack are kept free for what a level does besides nesting: leaf values,
/// errors, a panic with its message. On a small stack a quarter of the stack is kept free.
const RESERVE: usize = 64 << 10;

/// How many copies of a value a derived `Deserialize` holds before the next level begins, as
/// measured. Code without optimizations copies it more often.
const COPIES: usize = if cfg!(debug_assertions) { 8 } else { 4 };

/// A thread's stack: its lowest address, and the address above it. Both are 0 if they are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    low: usize,
    high: usize,
}

thread_local! {
    /// Looked up once, at the first nested value. For a main thread the C library reads
    /// `/proc/self/maps`, which takes longer than many constructors.
    static BOUNDS: Cell<Option<Bounds>> = const { Cell::new(None) };
}

impl Bounds {
    /// The bounds if the C library returns none, or if the recursion must not be measured.
    const UNKNOWN: Self = Self { low: 0, high: 0 };

    /// Not looked up yet. With these bounds no stack has room, so the first level looks them up.
    const UNASKED: Self = Self { low: usize::MAX - 4 * RESERVE, high: usize::MAX };

    /// Returns these bounds if the address lies between them. A coroutine runs on another stack
    /// than its thread's: then the bounds are unknown.
    #[inline]
    fn around(self, here: usize) -> Self {
        if (self.low..self.high).contains(&here) { self } else { Self::UNKNOWN }
    }
}

/// Measures one recursion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gauge {
    bounds: Bounds,
    /// The stack address of the previous level.
    last: usize,
    /// The most stack that one level has taken so far.
    widest: usize,
}

impl Gauge {
    /// Starts to measure on the calling thread.
    #[inline]
    pub(crate) fn start() -> Self {
        let here = address();
        let bounds = BOUNDS.get().map_or(Bounds::UNASKED, |bounds| bounds.around(here));
        Self { bounds, last: here, widest: 0 }
    }

    /// Starts again, on the same stack.
    #[inline]
    pub(crate) fn again(self) -> Self {
        Self { last: address(), widest: 0, ..self }
    }

    /// Returns a gauge that does not measure, and always reports room.
    pub(crate) const fn unknown() -> Self {
        Self { bounds: Bounds::UNKNOWN, last: 0, widest: 0 }
    }

    /// Whether there is stack for one more level, which builds a value of this size (0 for none).
    #[inline]
    pub(crate) fn has_room(&mut self, size: usize) -> bool {
        let here = address();
        self.widest = self.widest.max(self.last.saturating_sub(here));
        self.last = here;
        self.is_above(here, size) || (self.bounds == Bounds::UNASKED && self.is_above_when_asked(here, size))
    }

    #[cold]
    fn is_above_when_asked(&mut self, here: usize, size: usize) -> bool {
        self.bounds = BOUNDS.get().unwrap_or_else(ask_once).around(here);
        self.is_above(here, size)
    }

    /// Whether the stack that the next level may take lies above the lower bound.
    #[inline(always)]
    fn is_above(&self, here: usize, size: usize) -> bool {
        let reserve = RESERVE.min((self.bounds.high - self.bounds.low) / 4);
        // Levels differ a little, depending on how the compiler inlines the innermost functions.
        let next = (self.widest + self.widest / 2).max(size.saturating_mul(COPIES));
        here.saturating_sub(self.bounds.low) >= reserve.saturating_add(next)
    }

    /// Returns the figures for the error message.
    #[cold]
    pub(crate) fn shortage(&self) -> Shortage {
        let Bounds { low, high } = self.bounds;
        Shortage { left: self.last.saturating_sub(low), size: high - low }
    }
}

/// The stack is too small. The text says what to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shortage {
    left: usize,
    size: usize,
}

impl Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, size) = (self.left >> 10, self.size >> 10);
        write!(
            f,
            "the nested value needs more stack than the thread has left ({left} of {size} KiB): give the thread, or \
             the object by `stack_size` of the builder, a larger stack, or nest smaller values"
        )
    }
}

/// Runs `work` without measuring: for values of this library, whose nesting is known.
pub(crate) fn unmeasured<T>(work: impl FnOnce() -> T) -> T {
    /// Measures again, also after a panic that is caught.
    struct Restore(Option<Bounds>);

    impl Drop for Restore {
        fn drop(&mut self) {
            BOUNDS.set(self.0);
        }
    }

    let _restore = Restore(BOUNDS.replace(Some(Bounds::UNKNOWN)));
    work()
}

/// Looks the bounds up now, while the calling thread can open files.
#[cfg(feature = "sandbox")]
pub(crate) fn look_up() {
    if BOUNDS.get().is_none() {
        ask_once();
    }
}

/// Returns the address of a local variable.
#[inline(always)]
fn address() -> usize {
    let local = MaybeUninit::<u8>::uninit();
    (&raw const local).addr()
}

#[cold]
fn ask_once() -> Bounds {
    let bounds = ask().unwrap_or(Bounds::UNKNOWN);
    BOUNDS.set(Some(bounds));
    bounds
}

fn ask() -> Option<Bounds> {
    let (low, size) = bounds::of_this_thread()?;
    Some(Bounds { low, high: low.checked_add(size)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn on_a_thread<T: Send + 'static>(size: usize, body: impl FnOnce() -> T + Send + 'static) -> T {
        thread::Builder::new().stack_size(size).spawn(body).expect("a thread").join().expect("no panic")
    }

    #[test]
    fn a_stack_has_the_size_that_was_asked_for() {
        // Larger than what any other test asks for: the C library gives a thread the stack of an
        // earlier thread if that is large enough.
        const SIZE: usize = 96 << 20;
        let bounds = on_a_thread(SIZE, || {
            let mut gauge = Gauge::start();
            assert!(gauge.has_room(0));
            gauge.bounds
        });
        assert!((bounds.high - bounds.low).abs_diff(SIZE) <= 64 << 10, "{bounds:?}");
    }

    #[test]
    fn a_recursion_ends_before_the_stack_overflows() {
        fn descend<const FRAME: usize>(gauge: &mut Gauge, level: usize) -> usize {
            let frame = std::hint::black_box([level as u8; FRAME]);
            let deepest = if gauge.has_room(0) { descend::<FRAME>(gauge, level + 1) } else { level };
            // The frame is in use until here.
            std::hint::black_box(frame);
            deepest
        }
        let levels = |size| on_a_thread(size, || descend::<10_000>(&mut Gauge::start(), 0));
        assert!(levels(1 << 20) > 20);
        // A thread may get the stack of an earlier thread, of up to four times the size.
        assert!(levels(1 << 20) < levels(64 << 20));
        assert!(on_a_thread(256 << 10, || descend::<100>(&mut Gauge::start(), 0)) > 100);
    }

    #[test]
    fn the_bounds_are_looked_up_at_the_first_level_and_not_within_unmeasured_work() {
        on_a_thread(1 << 20, || {
            assert!(unmeasured(|| Gauge::start().has_room(1 << 20)));
            let mut gauge = Gauge::start();
            assert_eq!((gauge.bounds, BOUNDS.get()), (Bounds::UNASKED, None));
            assert!(!gauge.has_room(1 << 20));
            assert_eq!(BOUNDS.get(), Some(gauge.bounds));
        });
    }

    #[test]
    fn a_large_value_needs_room_for_its_copies() {
        let fits = |value| on_a_thread(1 << 20, move || Gauge::start().has_room(value));
        assert!(fits(1000));
        assert!(!fits(1 << 20));
    }
}
