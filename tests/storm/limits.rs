//! Which limits in time an object has, and whether it is made anew: chosen by chance, and what may come of them.

use std::time::Duration;

use concurrent_object::Restart;
use fastrand::Rng;

use crate::object::VictimProxyBuilder;

#[derive(Clone, Debug)]
pub struct Limits {
    pub timeout: Option<Duration>,
    pub queue_timeout: Option<Duration>,
    cancel_grace: Duration,
    /// Single calls are cancelled, and have limits of their own.
    pub of_calls: bool,
    /// How often it is made anew.
    pub restarts: Option<u32>,
    backoff: Duration,
}

impl Limits {
    pub fn none() -> Self {
        let (timeout, queue_timeout, restarts) = (None, None, None);
        Self {
            timeout,
            queue_timeout,
            cancel_grace: Duration::ZERO,
            of_calls: false,
            restarts,
            backoff: Duration::ZERO,
        }
    }

    /// Nothing comes of them, but somebody looks after them.
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
            restarts: rng.bool().then(|| rng.u32(..12)),
            backoff: if rng.bool() { Duration::ZERO } else { millis(rng, 1, 40) },
        }
    }

    pub fn apply(&self, builder: VictimProxyBuilder) -> VictimProxyBuilder {
        let builder = self.timeout.into_iter().fold(builder, |builder, timeout| builder.timeout(timeout));
        let builder = self.queue_timeout.into_iter().fold(builder, |builder, timeout| builder.queue_timeout(timeout));
        let builder = builder.cancel_grace(self.cancel_grace);
        // Within a time that is longer than any storm, so that each restart counts.
        let policy = |max| {
            let backoff = self.backoff..4 * self.backoff;
            Restart::on_death().max(max).within(Duration::from_secs(1_000_000)).backoff(backoff)
        };
        self.restarts.map(policy).into_iter().fold(builder, |builder, policy| builder.restart(policy))
    }

    /// Whether calls may end before their time.
    pub fn concern_calls(&self) -> bool {
        self.timeout.is_some() || self.queue_timeout.is_some() || self.of_calls
    }

    /// Whether the library may kill what does not end when it is told to.
    pub fn may_kill(&self) -> bool {
        self.timeout.is_some() || self.of_calls
    }
}
