//! The time limits and the restart policy of an object: chosen at random, with the outcomes that
//! they allow.

use std::time::Duration;

use concurrent_object::RestartPolicy;
use fastrand::Rng;

use crate::object::VictimProxyBuilder;

#[derive(Clone, Debug)]
pub struct Limits {
    pub timeout: Option<Duration>,
    pub queue_timeout: Option<Duration>,
    cancel_grace: Duration,
    /// Workers cancel calls of this object, and give calls limits of their own.
    pub of_calls: bool,
    /// The limit of the constructor.
    pub ready_timeout: Option<Duration>,
    /// The most restarts that the policy allows.
    pub restarts: Option<u32>,
    /// While the object restarts, calls and pushes are refused instead of queued.
    pub fails_fast: bool,
    /// The period in which restarts are counted. `None` means longer than any run, so that each
    /// restart counts.
    pub within: Option<Duration>,
    backoff: Duration,
}

impl Limits {
    pub fn none() -> Self {
        Self {
            timeout: None,
            queue_timeout: None,
            cancel_grace: Duration::ZERO,
            of_calls: false,
            ready_timeout: None,
            restarts: None,
            fails_fast: false,
            within: None,
            backoff: Duration::ZERO,
        }
    }

    /// Returns limits that never end, but that the supervisor thread enforces.
    pub fn timed() -> Self {
        Self { timeout: Some(Duration::from_secs(100)), ..Self::none() }
    }

    pub fn choose(rng: &mut Rng) -> Self {
        let millis = |rng: &mut Rng, from: u64, to: u64| Duration::from_millis(rng.u64(from..to));
        Self {
            timeout: (rng.u32(..4) == 0).then(|| millis(rng, 1, 60)),
            queue_timeout: (rng.u32(..6) == 0).then(|| millis(rng, 1, 100)),
            cancel_grace: millis(rng, 0, 30),
            of_calls: rng.bool(),
            ready_timeout: (rng.u32(..6) == 0).then(|| millis(rng, 20, 400)),
            restarts: rng.bool().then(|| rng.u32(..12)),
            fails_fast: rng.u32(..4) == 0,
            within: (rng.u32(..3) == 0).then(|| millis(rng, 1, 300)),
            backoff: if rng.bool() { Duration::ZERO } else { millis(rng, 1, 40) },
        }
    }

    pub fn apply(&self, builder: VictimProxyBuilder) -> VictimProxyBuilder {
        let builder = self.timeout.into_iter().fold(builder, |builder, timeout| builder.timeout(timeout));
        let builder = self.queue_timeout.into_iter().fold(builder, |builder, timeout| builder.queue_timeout(timeout));
        let builder = builder.cancel_grace(self.cancel_grace);
        let builder = self.ready_timeout.into_iter().fold(builder, |builder, timeout| builder.ready_timeout(timeout));
        let policy = |max| {
            let within = self.within.unwrap_or(Duration::from_secs(1_000_000));
            let policy = RestartPolicy::on_death().max(max).within(within).backoff(self.backoff..4 * self.backoff);
            if self.fails_fast { policy.fail_fast() } else { policy }
        };
        self.restarts.map(policy).into_iter().fold(builder, |builder, policy| builder.restart(policy))
    }

    /// Whether an idempotent call may run twice.
    pub fn repeats(&self) -> bool {
        self.restarts.is_some() && !self.fails_fast
    }

    /// Whether a call may end early.
    pub fn concern_calls(&self) -> bool {
        self.timeout.is_some() || self.queue_timeout.is_some() || self.of_calls
    }

    /// Whether the library may kill a method that does not end when cancellation is requested.
    pub fn may_kill(&self) -> bool {
        self.timeout.is_some() || self.of_calls || self.ready_timeout.is_some()
    }
}
