//! Converts an `Instant` to nanoseconds of the kernel's monotonic clock, and back.
//!
//! Problem: parent and child read one clock, but the standard library does not show the number in
//! an `Instant`. The naive way sends the distance to `Instant::now()`. Each conversion then reads
//! the clock, and an `Instant` that goes to the child and back has changed.
//!
//! Way: each process reads both clocks once, and keeps the pair. All its conversions add or
//! subtract the same difference. So an `Instant` that comes back is equal to the one that was sent.
//! In the other process it differs by the time of one reading of the clock at most: that is less
//! than a call takes.
//!
//! Knows both clocks; must not know serde.

use std::time::{Duration, Instant};

use crate::clock;
use crate::memory::once::Once;

/// An `Instant`, and the kernel's clock at the same time.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    instant: Instant,
    time: i128,
}

/// A forked copy keeps the pair, because it reads the same clock.
static ANCHOR: Once<Anchor> = Once::new();

/// Returns the time of the kernel's clock, in nanoseconds. It is negative for an `Instant` before
/// the start of the clock.
pub(super) fn clock_time(instant: Instant) -> i128 {
    let anchor = ANCHOR.get_or_make(measure);
    match instant.checked_duration_since(anchor.instant) {
        Some(later) => anchor.time + nanoseconds(later),
        None => anchor.time - nanoseconds(anchor.instant.duration_since(instant)),
    }
}

/// Returns the `Instant` at a time of the kernel's clock, or `None` if no `Instant` can show it.
pub(super) fn at_clock_time(time: i128) -> Option<Instant> {
    let anchor = ANCHOR.get_or_make(measure);
    let distance = duration(time.checked_sub(anchor.time)?.unsigned_abs())?;
    if time < anchor.time { anchor.instant.checked_sub(distance) } else { anchor.instant.checked_add(distance) }
}

/// Reads both clocks several times, and keeps the pair whose reading took the shortest time.
fn measure() -> Anchor {
    let mut best: Option<(u64, Anchor)> = None;
    for _ in 0..8 {
        let before = clock::now();
        let instant = Instant::now();
        let width = clock::now().saturating_sub(before);
        if best.is_none_or(|(least, _)| width < least) {
            best = Some((width, Anchor { instant, time: i128::from(before + width / 2) }));
        }
    }
    best.map_or_else(|| Anchor { instant: Instant::now(), time: i128::from(clock::now()) }, |(_, anchor)| anchor)
}

fn nanoseconds(duration: Duration) -> i128 {
    i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX)
}

fn duration(nanoseconds: u128) -> Option<Duration> {
    let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    Some(Duration::new(u64::try_from(seconds).ok()?, u32::try_from(rest).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_that_comes_back_is_the_same() {
        let now = Instant::now();
        let far = Duration::from_secs(1 << 40);
        for instant in [now, now + far, now + Duration::from_nanos(1), now - Duration::from_millis(1)] {
            assert_eq!(at_clock_time(clock_time(instant)), Some(instant));
        }
    }

    #[test]
    fn instants_keep_their_distance() {
        let (now, later) = (Instant::now(), Instant::now() + Duration::from_nanos(12_345));
        assert_eq!(clock_time(later) - clock_time(now), nanoseconds(later - now));
    }

    #[test]
    fn no_instant_shows_a_time_beyond_its_range() {
        assert_eq!(at_clock_time(i128::MAX), None);
        assert_eq!(at_clock_time(i128::MIN), None);
        assert_eq!(at_clock_time(i128::from(u64::MAX) * 1_000_000_000), None);
    }
}
