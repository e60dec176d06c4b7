//! Measures contenders in interleaved rounds.
//!
//! Knows closures that do something a number of times; knows nothing of what they do. Invariant: a
//! ratio compares times of the same round, so that whatever slows the machine down slows both.

use std::time::{Duration, Instant};

use crate::comparison::{Comparison, Each, Figure, mean, median_ratio, quantile};
use crate::outcome::Outcome;
use crate::table::print_comparison;
use rustix::process::{Pid, Signal, kill_process};

/// The number of rounds, and the time of each contender in a round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    pub(crate) round: Duration,
}

impl Effort {
    pub(crate) fn new(quick: bool) -> Self {
        if quick {
            Self { rounds: 1, round: Duration::from_millis(1) }
        } else {
            Self { rounds: 7, round: Duration::from_millis(100) }
        }
    }

    pub(crate) fn is_quick(self) -> bool {
        self.rounds == 1
    }

    /// Returns the number for a full run, or the one for a quick one.
    pub(crate) fn either<T>(self, full: T, quick: T) -> T {
        if self.is_quick() { quick } else { full }
    }
}

/// How calls are timed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Timing {
    /// All calls of a round together.
    Together,
    /// Each call alone, which costs some tens of nanoseconds. The value of a round is the mean: the
    /// cost of calls in the long run.
    EachMean,
    /// Each call alone. The value of a round is the median: the cost of a call without
    /// interruptions.
    EachMedian,
}

/// A request to a contender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Zero means as many as fit into a round.
    pub(crate) calls: u32,
    pub(crate) timing: Timing,
    /// Sleeps for this time before each call.
    pub(crate) pause: Option<Duration>,
    /// If calls are timed alone, no call starts later than this. Where cores are taken away, the
    /// time of a number of calls cannot be predicted.
    pub(crate) room: Duration,
}

type Work<'w> = Box<dyn FnMut(Plan) -> Outcome<Vec<Duration>> + 'w>;

/// Something to measure.
pub(crate) struct Contender<'c> {
    name: String,
    work: Work<'c>,
    /// A process that uses a core even if it has nothing to do. It is stopped while others are
    /// measured.
    restless: Option<Pid>,
}

impl<'c> Contender<'c> {
    /// A contender that makes one call at a time.
    pub(crate) fn new(name: impl Into<String>, mut call: impl FnMut() -> Outcome + 'c) -> Self {
        Self::working(name, move |plan| perform(plan, &mut call))
    }

    /// A contender that makes a number of calls together.
    pub(crate) fn batch(name: impl Into<String>, mut batch: impl FnMut(u32) -> Outcome + 'c) -> Self {
        Self::timed(name, move |calls| {
            let began = Instant::now();
            batch(calls)?;
            Ok(began.elapsed())
        })
    }

    /// A contender that makes a number of calls and returns the time that counts.
    pub(crate) fn timed(name: impl Into<String>, mut timed: impl FnMut(u32) -> Outcome<Duration> + 'c) -> Self {
        Self::working(name, move |plan| Ok(vec![timed(plan.calls)? / plan.calls]))
    }

    fn working(name: impl Into<String>, work: impl FnMut(Plan) -> Outcome<Vec<Duration>> + 'c) -> Self {
        Self { name: name.into(), work: Box::new(work), restless: None }
    }

    /// Stops its partner while others are measured, because it would take a core from them.
    pub(crate) fn stopping(self, restless: Option<Pid>) -> Self {
        Self { restless, ..self }
    }

    fn signal(&self, signal: Signal) -> Outcome {
        Ok(self.restless.map_or(Ok(()), |pid| kill_process(pid, signal))?)
    }

    fn awake<T>(&mut self, work: impl FnOnce(&mut Work<'c>) -> Outcome<T>) -> Outcome<T> {
        self.signal(Signal::CONT)?;
        let done = work(&mut self.work);
        self.signal(Signal::STOP)?;
        done.map_err(|error| format!("{}: {error}", self.name).into())
    }

    /// Returns the number of calls that fill a round.
    fn calibrate(&mut self, round: Duration, plan: Plan) -> Outcome<u32> {
        if plan.calls > 0 {
            return Ok(plan.calls);
        }
        self.awake(|work| {
            let mut calls = 1;
            loop {
                let began = Instant::now();
                work(Plan { calls, ..plan })?;
                let took = began.elapsed();
                if took >= round / 4 || calls > 1 << 24 {
                    let wanted = f64::from(calls) * round.as_secs_f64() / took.as_secs_f64();
                    return Ok((wanted as u32).max(1));
                }
                calls *= 2;
            }
        })
    }
}

fn perform(plan: Plan, call: &mut impl FnMut() -> Outcome) -> Outcome<Vec<Duration>> {
    if plan.timing == Timing::Together {
        let began = Instant::now();
        for _ in 0..plan.calls {
            call()?;
        }
        return Ok(vec![began.elapsed() / plan.calls]);
    }
    let all = Instant::now();
    (0..plan.calls)
        .take_while(|_| all.elapsed() < plan.room)
        .map(|_| {
            plan.pause.into_iter().for_each(std::thread::sleep);
            let began = Instant::now();
            call()?;
            Ok(began.elapsed())
        })
        .collect()
}

/// Runs all contenders in turn, round by round.
pub(crate) fn compare(
    title: impl Into<String>,
    effort: Effort,
    contenders: &mut [Contender<'_>],
) -> Outcome<Comparison> {
    compare_as(title, effort, Plan { calls: 0, timing: Timing::Together, pause: None, room: Duration::MAX }, contenders)
}

/// Runs all contenders in turn by this plan, round by round.
pub(crate) fn compare_as(
    title: impl Into<String>,
    effort: Effort,
    plan: Plan,
    contenders: &mut [Contender<'_>],
) -> Outcome<Comparison> {
    contenders.iter().try_for_each(|contender| contender.signal(Signal::STOP))?;
    let calibrated = contenders.iter_mut().map(|contender| contender.calibrate(effort.round, plan));
    let calls = calibrated.collect::<Outcome<Vec<u32>>>()?;
    let mut rounds = vec![Vec::new(); contenders.len()];
    let mut singles = vec![Vec::new(); contenders.len()];
    for _ in 0..effort.rounds {
        for (at, contender) in contenders.iter_mut().enumerate() {
            let warm_up = Plan { calls: calls[at].div_ceil(10), pause: None, room: plan.room / 10, ..plan };
            let times = contender.awake(|work| {
                work(warm_up)?;
                work(Plan { calls: calls[at], ..plan })
            })?;
            let times: Vec<f64> = times.into_iter().map(|time| time.as_secs_f64() * 1e9).collect();
            rounds[at].push(if plan.timing == Timing::EachMedian { quantile(&times, 0.5) } else { mean(&times) });
            singles[at].extend(times);
        }
    }
    contenders.iter().try_for_each(|contender| contender.signal(Signal::CONT))?;
    let figures = contenders.iter().zip(calls).zip(rounds.iter().zip(singles)).map(|((contender, calls), times)| {
        let (own, single) = times;
        let each = (plan.timing != Timing::Together).then(|| Each::of(&single));
        let ratio = median_ratio(own, &rounds[0]);
        Figure {
            name: contender.name.clone(),
            calls,
            nanoseconds: quantile(own, 0.5),
            rounds: own.clone(),
            ratio,
            each,
        }
    });
    let comparison = Comparison { title: title.into(), figures: figures.collect() };
    print_comparison(&comparison);
    Ok(comparison)
}
