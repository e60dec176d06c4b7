//! When an object that died is restarted, and how often.
//!
//! Knows times and counts; knows nothing of processes. Invariant: at most `max` restarts start
//! within any period of `within`.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use crate::clock::later;

/// What happens when an object's process dies without a request: the builder's option `restart`.
///
/// A new process constructs the object again, with the arguments of the constructor, which the
/// parent keeps. It starts even if no thread uses the object.
///
/// - Calls that had not started are served by the new process, in their order. With
///   [`fail_fast`](Self::fail_fast) they fail.
/// - The running call fails with [`CallError::Died`](crate::CallError::Died). If its method is
///   `#[concurrent_object(idempotent)]`, it runs again instead.
/// - The constructor makes the state again, unless the object has a
///   [`SnapshotPolicy`](crate::SnapshotPolicy).
///
/// The object is not restarted if its constructor returns an error or its first construction fails.
/// It is not restarted either if the program ends it, or if the child breaks the protocol.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use concurrent_object::RestartPolicy;
/// # use concurrent_object::concurrent_object;
/// # struct Fragile;
/// #[concurrent_object]
/// impl Fragile {
///     # pub fn new() -> Self { Self }
///     pub fn crash(&self) {
///         std::process::abort()
///     }
///     pub fn answer(&self) -> u64 {
///         42
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let policy = RestartPolicy::on_death().max(3).within(Duration::from_secs(10));
///     let fragile = FragileProxy::builder("fragile").restart(policy).start()?;
///     let (crash, answer) = (fragile.crash(), fragile.answer());
///     assert!(crash.wait().is_err());
///     assert_eq!(answer.wait()?, 42); // served by the next one
///     assert_eq!(fragile.handle().incarnation(), 2);
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartPolicy {
    max: Option<u32>,
    within: Duration,
    backoff: Range<Duration>,
    fails_fast: bool,
}

impl RestartPolicy {
    /// Never restarts the object. This is the default.
    #[must_use]
    pub fn never() -> Self {
        Self { max: None, within: Duration::ZERO, backoff: Duration::ZERO..Duration::ZERO, fails_fast: false }
    }

    /// Restarts the object at most three times within ten seconds. The first restart waits 50 ms;
    /// each further restart waits twice as long as the one before, up to one second.
    #[must_use]
    pub fn on_death() -> Self {
        let backoff = Duration::from_millis(50)..Duration::from_secs(1);
        Self { max: Some(3), within: Duration::from_secs(10), backoff, fails_fast: false }
    }

    /// Sets the largest number of restarts within the period of [`within`](Self::within). One more
    /// death in that period ends the object.
    #[must_use]
    pub fn max(self, times: u32) -> Self {
        Self { max: self.max.map(|_| times), ..self }
    }

    /// Sets the period in which restarts are counted.
    #[must_use]
    pub fn within(self, time: Duration) -> Self {
        Self { within: time, ..self }
    }

    /// Sets how long to wait before a restart. After the first death the wait is the start of the
    /// range. It doubles with each further death within the period of [`within`](Self::within), up
    /// to the end of the range.
    #[must_use]
    pub fn backoff(self, range: Range<Duration>) -> Self {
        Self { backoff: range, ..self }
    }

    /// Lets calls fail during a restart, from the death until the next process is ready, in place
    /// of waiting. For callers that have an alternative, such as another object.
    ///
    /// New calls are refused with [`CallError::Restarting`](crate::CallError::Restarting), and
    /// pushes with [`PushErrorKind::Restarting`](crate::PushErrorKind::Restarting).
    /// `CallError::Restarting` is also the outcome of calls that had not started when the object
    /// died. None of these calls has run, or ever will.
    ///
    /// The running call fails with [`CallError::Died`](crate::CallError::Died), even if its method
    /// is `#[concurrent_object(idempotent)]`. Calls that are submitted before the object is ready
    /// for the first time wait as usual.
    ///
    /// # Examples
    /// ```
    /// use concurrent_object::{CallError, RestartPolicy, Started};
    /// # use concurrent_object::concurrent_object;
    /// # struct Fragile;
    /// # #[concurrent_object]
    /// # impl Fragile {
    /// #     pub fn new() -> Self { Self }
    /// #     pub fn crash(&self) { std::process::abort() }
    /// #     pub fn answer(&self) -> u64 { 42 }
    /// # }
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     concurrent_object::init();
    ///     let policy = RestartPolicy::on_death().fail_fast();
    ///     let fragile = FragileProxy::builder("fragile").restart(policy).start()?;
    ///     let (crash, behind) = (fragile.crash(), fragile.answer());
    ///     assert!(matches!(crash.wait(), Err(CallError::Died { .. })));
    ///     let error = behind.wait().expect_err("it does not wait for the next process");
    ///     assert!(matches!(error, CallError::Restarting { .. }));
    ///     assert_eq!((error.started(), error.object_gone()), (Started::No, false));
    ///     fragile.wait_until_ready()?;
    ///     assert_eq!(fragile.answer().wait()?, 42); // served by the next one
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn fail_fast(self) -> Self {
        Self { fails_fast: true, ..self }
    }

    /// Whether calls fail in place of waiting for the next process.
    pub(crate) fn fails_fast(&self) -> bool {
        self.fails_fast
    }

    /// Whether the policy never restarts an object.
    pub(crate) fn is_never(&self) -> bool {
        self.max.is_none()
    }
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self::never()
    }
}

/// The restarts within the period, by their times in nanoseconds of the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct Restarts(VecDeque<u64>);

/// The decision of the policy about a death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestartDecision {
    /// Restart at this time.
    At(u64),
    /// Do not restart: the period has this many restarts already.
    Enough(u32),
    Never,
}

impl Restarts {
    /// Whether the object would be restarted after another death.
    pub(crate) fn may_be_more(&self, policy: &RestartPolicy, now: u64) -> bool {
        let counted = self.0.iter().filter(|&&at| later(at, policy.within) > now).count();
        policy.max.is_some_and(|max| counted < max as usize)
    }

    /// Records a death, and decides whether the object is restarted.
    pub(crate) fn decide(&mut self, policy: &RestartPolicy, now: u64) -> RestartDecision {
        let Some(max) = policy.max else { return RestartDecision::Never };
        while self.0.front().is_some_and(|&at| later(at, policy.within) <= now) {
            self.0.pop_front();
        }
        let count = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        if count >= max {
            return RestartDecision::Enough(count);
        }
        self.0.push_back(now);
        let backoff =
            2_u32.checked_pow(count).map_or(policy.backoff.end, |factor| policy.backoff.start.saturating_mul(factor));
        RestartDecision::At(later(now, backoff.min(policy.backoff.end.max(policy.backoff.start))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn waits_double_up_to_the_end_and_restarts_are_counted_within_the_period() {
        let ms = Duration::from_millis;
        let policy = RestartPolicy::on_death().max(4).within(ms(100)).backoff(ms(2)..ms(7));
        let mut restarts = Restarts::default();
        let waits: Vec<_> = [0, 10, 20, 30]
            .map(|at| match restarts.decide(&policy, at * MS) {
                RestartDecision::At(then) => then / MS - at,
                other => panic!("{other:?}"),
            })
            .into();
        assert_eq!(waits, [2, 4, 7, 7]);
        assert!(!restarts.may_be_more(&policy, 99 * MS) && restarts.may_be_more(&policy, 100 * MS));
        assert_eq!(restarts.decide(&policy, 99 * MS), RestartDecision::Enough(4));
        assert!(matches!(restarts.decide(&policy, 101 * MS), RestartDecision::At(_)), "the first is long ago");
        assert!(!restarts.may_be_more(&RestartPolicy::never(), 0));
        assert_eq!(restarts.decide(&RestartPolicy::never(), 0), RestartDecision::Never);
        assert_eq!(Restarts::default().decide(&RestartPolicy::on_death().max(0), 0), RestartDecision::Enough(0));
        assert_eq!(Restarts::default().decide(&RestartPolicy::never().max(5), 0), RestartDecision::Never);
    }
}
