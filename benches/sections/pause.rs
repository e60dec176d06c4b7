//! `add(u64, u64)` after a pause of 10 ms: both sides sleep, and a core may have to wake.

use std::time::Duration;

use super::latency::{OURS, REQUEST, ours};
use super::peers;
use crate::limits::eventfd::Eventfd;
use crate::measure::{Effort, Outcome, Plan, Timing, compare_as};
use crate::object::ready;
use crate::report::{Aim, Findings};

const TITLE: &str = "add(u64, u64) after a pause of 10 ms";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let (eventfd, adder) = (Eventfd::start()?, ready()?);
    let mut contenders = vec![eventfd.contender(), ours(&adder)];
    contenders.extend(peers(&REQUEST));
    let plan = Plan {
        calls: effort.either(40, 2),
        timing: Timing::EachMedian,
        room: Duration::MAX,
        pause: Some(Duration::from_millis(10)),
    };
    let comparison = compare_as(TITLE, effort, plan, &mut contenders)?;
    let aim = Aim::at_most(TITLE, 1.2, "eventfd ping-pong", comparison.ratio(OURS, &[Eventfd::NAME]));
    Ok(Findings::of(comparison, [aim]))
}
