//! `add(u64, u64)` after a pause of 10 ms: both sides sleep, and a core may have to wake. Also the
//! processor time of long calls, during which the waiting thread should sleep.

use std::time::Duration;

use super::latency::{OURS, REQUEST, ours};
use super::peers;
use crate::limits::eventfd::Eventfd;
use crate::measure::{Effort, Plan, Timing, compare_as};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::process::Done;
use crate::report::{Aim, Findings};

/// The duration of a long call, in milliseconds.
const LONG_CALL: u64 = 5;

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
    let mut findings = Findings::of(comparison, [aim]);
    long_calls(effort, &adder, &mut findings)?;
    Ok(findings)
}

fn long_calls(effort: Effort, adder: &AdderProxy, findings: &mut Findings) -> Outcome {
    let calls = effort.either(200, 2);
    println!("\n{calls} calls that rest for {LONG_CALL} ms each");
    let pids = [("parent", std::process::id()), ("child", adder.handle().pid())];
    let before = pids.map(|(_, pid)| Done::by(pid));
    for _ in 0..calls {
        adder.rest(LONG_CALL).wait()?;
    }
    for ((side, pid), before) in pids.into_iter().zip(before) {
        let microseconds = Done::by(pid)?.since(before?).processor_nanoseconds as f64 / 1e3 / f64::from(calls);
        let what = format!("microseconds of processor time of a call of {LONG_CALL} ms, {side}");
        findings.fact(&what, microseconds);
        if side == "parent" {
            let work = format!("processor time of the {side} in a call of {LONG_CALL} ms");
            findings.aims.push(Aim::number(&work, LONG_CALL as f64 * 10.0, "µs", microseconds));
        }
    }
    Ok(())
}
