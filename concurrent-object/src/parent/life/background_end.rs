//! How far an end has come that no thread waits for.
//!
//! Knows times. Invariant: an end only goes on, from serving to killed.

use crate::error::Error;

/// How far an end in the background has come. Times are in nanoseconds of the monotonic clock.
#[derive(Clone, Debug)]
pub(crate) enum BackgroundEnd {
    /// The calls before a last call, and that call, are served since this time.
    Serving(u64),
    /// The child was asked to stop at this time.
    Stopping(u64),
    /// The child was killed at this time.
    Killed(u64),
    /// The child could not be killed.
    Failed(Error),
}
