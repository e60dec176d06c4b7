//! `add(u64, u64)` with one busy process for each core: a waiting thread must yield, and must be
//! woken soon.

use std::time::Duration;

use super::latency::{OURS, REQUEST, ours};
use super::peers;
use crate::limits::eventfd::Eventfd;
use crate::limits::spin::Spin;
use crate::measure::{Effort, Plan, Timing, compare_as};
use crate::object::ready;
use crate::outcome::Outcome;
use crate::partner::{Burn, Partner};
use crate::report::{Aim, Findings};

const TITLE: &str = "add(u64, u64), one busy process per core";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let (spin, eventfd, adder) = (Spin::start()?, Eventfd::start()?, ready()?);
    let mut contenders = vec![eventfd.contender(), ours(&adder), spin.contender()];
    contenders.extend(peers(&REQUEST));
    let cores = std::thread::available_parallelism()?.get();
    let _busy = (0..cores).map(|_| Partner::start(&Burn)).collect::<Outcome<Vec<_>>>()?;
    // Long enough for the scheduler to take the cores away several times.
    let room = effort.either(Duration::from_millis(400), effort.round);
    let plan = Plan { calls: 10_000_000, timing: Timing::EachMean, pause: None, room };
    let comparison = compare_as(TITLE, effort, plan, &mut contenders)?;
    let single = |name: &str| comparison.figure(name).and_then(|figure| figure.each);
    let medians = single(OURS).zip(single(Eventfd::NAME)).map(|(ours, limit)| ours.p50 / limit.p50);
    let spread = single(OURS).map(|each| each.p99 / each.p50);
    let aims = [
        Aim::at_most(
            format!("{TITLE}, mean"),
            1.5,
            "eventfd under the same load",
            comparison.ratio(OURS, &[Eventfd::NAME]),
        ),
        Aim::at_most(format!("{TITLE}, p50"), 1.5, "eventfd under the same load", medians),
        Aim::at_most(format!("{TITLE}, p99"), 10.0, "its p50", spread),
    ];
    Ok(Findings::of(comparison, aims))
}
