//! The figures of contenders that were measured side by side, and their statistics.
//!
//! Knows numbers; knows nothing of how they were measured. Invariant: a ratio compares times of the
//! same round, so that whatever slows the machine down slows both.

use serde::Serialize;

/// The time of one contender for one call.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    /// The number of calls in each round, unless a round ended by time.
    pub(crate) calls: u32,
    /// The time of a call in nanoseconds, for each round: the mean or the median, as planned.
    pub(crate) rounds: Vec<f64>,
    /// The median over the rounds.
    pub(crate) nanoseconds: f64,
    /// The median over rounds of the ratio to the first contender.
    pub(crate) ratio: f64,
    /// Over the calls of all rounds, if each was timed.
    pub(crate) each: Option<Each>,
}

/// The times of single calls, in nanoseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Each {
    pub(crate) mean: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// The figures of contenders that were measured together.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) title: String,
    pub(crate) figures: Vec<Figure>,
}

impl Each {
    pub(crate) fn of(single: &[f64]) -> Self {
        Self { mean: mean(single), p50: quantile(single, 0.5), p99: quantile(single, 0.99) }
    }
}

impl Comparison {
    pub(crate) fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }

    /// Returns the median over rounds of the ratio of one contender to the sum of others. `None` if
    /// one is missing.
    pub(crate) fn ratio(&self, of: &str, to: &[&str]) -> Option<f64> {
        let others = to.iter().map(|name| self.figure(name)).collect::<Option<Vec<_>>>()?;
        let of = self.figure(of)?;
        let sums: Vec<f64> =
            (0..of.rounds.len()).map(|round| others.iter().map(|other| other.rounds[round]).sum()).collect();
        Some(median_ratio(&of.rounds, &sums))
    }
}

pub(crate) fn median_ratio(of: &[f64], to: &[f64]) -> f64 {
    quantile(&of.iter().zip(to).map(|(of, to)| of / to).collect::<Vec<_>>(), 0.5)
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Returns the value below which this part of the values lies.
pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(((sorted.len() as f64 * part) as usize).min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
