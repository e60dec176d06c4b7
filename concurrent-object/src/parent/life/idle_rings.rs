//! Counts rings of the child that announce nothing.
//!
//! Problem: each ring ends a sleep of the parent. A child that rings without end costs the waiting
//! thread a whole processor, and no limit ends that. A sound child rings once for each sleep that
//! the parent announces. So a ring without a new entry in the reply ring is rare: a thread took the
//! entry before it slept, or the child is about to sleep. Once the child sleeps, only the parent
//! wakes it. So two such rings without an entry or a ring of the parent in between are the most.
//! Way here: many of them in a short time break the protocol.
//!
//! Knows times, positions and counts; the object knows the rings. Invariant: an entry in the reply
//! ring sets the count to zero, and so does a ring of the parent.

use std::time::Duration;

use crate::clock::later;
use crate::transport::ring::Consumer;

/// How many rings in a row a child may waste within `SPAN`.
const MAX_IDLE_RINGS: u32 = 100;

/// Long, because a waiting thread of a busy machine wakes only some times in a second.
const SPAN: Duration = Duration::from_secs(60);

/// The rings without an entry since the last entry.
#[derive(Debug, Default)]
pub(crate) struct IdleRings {
    count: u32,
    /// When the first of them was counted, in nanoseconds of the monotonic clock.
    since: u64,
    /// The position of the next reply at the last count.
    position: Consumer,
    /// How often the parent had rung the child at the last count.
    rung: u64,
}

impl IdleRings {
    /// Counts a ring at this position, when the parent has rung the child so often. Returns whether
    /// there were too many.
    pub(crate) fn are_too_many(&mut self, position: Consumer, rung: u64, now: u64) -> bool {
        if (self.position, self.rung) != (position, rung) || now > later(self.since, SPAN) {
            *self = Self { count: 0, since: now, position, rung };
        }
        self.count += 1;
        self.count > MAX_IDLE_RINGS
    }
}
