//! How long things may take, and how much memory a result; and what is remembered of a call for it.
//!
//! Knows times; enforces nothing. Most calls have none of this, so what there is of a call is in a box.

use std::time::Duration;

use crate::protocol::method::TRIM;

/// What the builder and the attributes on methods say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    /// How long a method may run.
    pub(crate) timeout: Option<Duration>,
    /// The same for single methods, by their numbers.
    pub(crate) of_methods: &'static [(u32, Duration)],
    /// How long a call may wait until its method begins.
    pub(crate) queue_timeout: Option<Duration>,
    /// How long a method that is told to end may go on.
    pub(crate) cancel_grace: Duration,
    /// How long the constructor may take.
    pub(crate) ready_timeout: Option<Duration>,
    /// How much memory the lists of a result may take.
    pub(crate) max_decoded_size: Option<usize>,
}

impl Limits {
    /// How long this method may run.
    pub(crate) fn of(&self, method: u32) -> Option<Duration> {
        if method == TRIM {
            return None;
        }
        let own = self.of_methods.iter().find(|&&(number, _)| number == method);
        own.map(|&(_, timeout)| timeout).or(self.timeout)
    }

    /// Whether anything has any.
    pub(crate) fn are_any(&self) -> bool {
        self.concern_calls() || self.ready_timeout.is_some()
    }

    /// How much memory the lists of a result may take.
    #[inline]
    pub(crate) fn max_decoded_size(&self, output_limit: usize) -> usize {
        self.max_decoded_size.unwrap_or_else(|| output_limit.saturating_mul(DECODED_FOR_ENCODED))
    }

    /// Whether calls have any.
    #[inline]
    pub(crate) fn concern_calls(&self) -> bool {
        self.timeout.is_some() || self.queue_timeout.is_some() || !self.of_methods.is_empty()
    }
}

/// By default a result may take so many times `max_output_size` once it is read. An element that has its default values in most
/// fields is this much larger in memory than in a message.
const DECODED_FOR_ENCODED: usize = 16;

/// Why a call ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CancelReason {
    TimedOut,
    Cancelled,
}

/// A method was told to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CancelRequest {
    /// When, in nanoseconds of the monotonic clock.
    pub(crate) at: u64,
    pub(crate) ran_for: Duration,
    pub(crate) reason: CancelReason,
}

/// What is remembered of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    /// How long it may run, if that was said for this call alone.
    pub(crate) timeout: Option<Duration>,
    /// When it was accepted, if its time in the queue is limited, in nanoseconds of the monotonic clock.
    pub(crate) queued_at: Option<u64>,
    pub(crate) cancel_request: Option<CancelRequest>,
    /// It runs for the second time.
    pub(crate) is_second: bool,
}
