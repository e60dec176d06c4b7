//! Limits of time and memory, and what the parent keeps of a call to enforce them or to pass on.
//!
//! Knows times; enforces nothing. Most calls need none of this, so a call's timing is in a box.

use std::time::Duration;

use crate::protocol::method::is_internal;
#[cfg(feature = "bridge")]
use crate::protocol::remote::CallLimits;
use crate::protocol::remote::TraceParent;

/// The limits that the builder and the attributes on methods set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    /// How long a method may run.
    pub(crate) timeout: Option<Duration>,
    /// How long single methods may run, by method number.
    pub(crate) of_methods: &'static [(u32, Duration)],
    /// How long a call may wait until its method starts.
    pub(crate) queue_timeout: Option<Duration>,
    /// How long a method may go on after its cancellation was requested.
    pub(crate) cancel_grace: Duration,
    /// How much longer than its limits a call may take, since another program enforces them too.
    pub(crate) patience: Duration,
    /// Whether the program of a proxy ends the calls that it has cancelled itself.
    pub(crate) leaves_cancelled: bool,
    /// How long the constructor may take.
    pub(crate) ready_timeout: Option<Duration>,
    /// How much memory the lists of a result may take, in bytes.
    pub(crate) max_decoded_size: Option<usize>,
}

impl Limits {
    /// Returns how long this method may run. A method's own limit takes precedence.
    pub(crate) fn of(&self, method: u32) -> Option<Duration> {
        if is_internal(method) {
            return None;
        }
        let own = self.of_methods.iter().find(|&&(number, _)| number == method);
        own.map(|&(_, timeout)| timeout).or(self.timeout)
    }

    /// Returns how long a method may go on after its cancellation was requested for this reason.
    pub(crate) fn grace_of(&self, reason: CancelReason) -> Duration {
        let is_left = self.leaves_cancelled && reason == CancelReason::Cancelled;
        if is_left { Duration::MAX } else { self.cancel_grace }
    }

    /// Returns the longest limit of any method.
    pub(crate) fn longest(&self) -> Option<Duration> {
        self.of_methods.iter().map(|&(_, timeout)| timeout).chain(self.timeout).max()
    }

    /// Whether any limit of time is set.
    pub(crate) fn are_set(&self) -> bool {
        self.include_calls() || self.ready_timeout.is_some()
    }

    /// Returns how much memory the lists of a result may take, in bytes.
    #[inline]
    pub(crate) fn max_decoded_size(&self, output_limit: usize) -> usize {
        self.max_decoded_size.unwrap_or_else(|| output_limit.saturating_mul(DECODED_FOR_ENCODED))
    }

    /// Whether a limit of time is set for calls.
    #[inline]
    pub(crate) fn include_calls(&self) -> bool {
        self.timeout.is_some() || self.queue_timeout.is_some() || !self.of_methods.is_empty()
    }
}

/// A decoded result may take this many times `max_output_size`, unless a limit is set. An element
/// that has its default values in most fields is this much larger in memory than in a message.
const DECODED_FOR_ENCODED: usize = 16;

/// Why the parent ends a call early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CancelReason {
    TimedOut,
    Cancelled,
    /// The user has killed the object, which lives in a thread.
    Ended,
}

/// A request to a running method to return early.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CancelRequest {
    /// When it was made, in nanoseconds of the monotonic clock.
    pub(crate) at: u64,
    pub(crate) ran_for: Duration,
    pub(crate) reason: CancelReason,
}

/// Why the parent asks for a call back that was passed on to another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recall {
    /// Its caller does not want it any more.
    End,
    /// Another member of the pool may serve it.
    Move,
}

/// What the parent keeps of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    /// How long it may run, if the caller set that for this call alone.
    pub(crate) timeout: Option<Duration>,
    /// When it was submitted, in nanoseconds of the monotonic clock. Set only if its time in the
    /// queue is limited.
    pub(crate) queued_at: Option<u64>,
    /// How long it may wait until its method starts, if the program of its proxy set that.
    pub(crate) queue_timeout: Option<Duration>,
    /// The same, set only if the pool measures times.
    pub(crate) submitted_at: Option<u64>,
    pub(crate) cancel_request: Option<CancelRequest>,
    /// Whether the parent has asked for it back, and why.
    pub(crate) recalled: Option<Recall>,
    /// Whether it runs for the second time: the process before died while it ran.
    pub(crate) is_second: bool,
    /// The span of its caller, if the object is in another program.
    pub(crate) trace: Option<TraceParent>,
}

impl Timing {
    /// Sets the limits that came with the call from another program.
    #[cfg(feature = "bridge")]
    pub(crate) fn set_limits(&mut self, limits: CallLimits, now: u64) {
        (self.timeout, self.queue_timeout) = (limits.run, limits.wait);
        self.queued_at = limits.wait.map(|_| now);
    }

    /// Whether it has something that goes along when the call moves to another object.
    pub(crate) fn moves_along(&self) -> bool {
        self.timeout.is_some() || self.queued_at.is_some() || self.submitted_at.is_some() || self.trace.is_some()
    }

    /// Returns the shortest limit that was set for this call alone.
    pub(crate) fn own_limit(&self) -> Option<Duration> {
        self.timeout.into_iter().chain(self.queue_timeout).min()
    }
}
