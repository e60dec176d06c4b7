//! Items of a method that streams: many numbers, and large blocks.

use std::hint::black_box;
use std::time::Duration;

use super::CROSSBEAM;
use crate::measure::{Contender, Effort, Plan, Timing, compare_as};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};

const NUMBERS: &str = "numbers of a stream (time per item)";
const BLOCKS: &str = "blocks of 1 MiB (time per block)";
const OURS: &str = "items of a stream";
const CALLS: &str = "a call each";
const BLOCK: usize = 1 << 20;

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let adder = ready()?;
    let mut findings = numbers(effort, &adder)?;
    findings.add(blocks(effort, &adder)?);
    Ok(findings)
}

fn plan(calls: u32) -> Plan {
    Plan { calls, timing: Timing::Together, pause: None, room: Duration::MAX }
}

fn numbers(effort: Effort, adder: &AdderProxy) -> Outcome<Findings> {
    let mut contenders = Vec::new();
    #[cfg(feature = "peers")]
    contenders.push(crate::peers::stream());
    contenders.push(Contender::batch(OURS, |count| {
        let mut sum = 0_u64;
        for number in adder.count(count) {
            sum += number?;
        }
        black_box(sum);
        Ok(())
    }));
    let comparison = compare_as(NUMBERS, effort, plan(effort.either(1_000_000, 1000)), &mut contenders)?;
    let ratio = comparison.ratio(OURS, &[CROSSBEAM]);
    Ok(Findings::of(comparison, [Aim::at_most("numbers of a stream", 3.0, "crossbeam between threads", ratio)]))
}

fn blocks(effort: Effort, adder: &AdderProxy) -> Outcome<Findings> {
    let calls = Contender::batch(CALLS, |count| {
        for _ in 0..count {
            black_box(adder.paint_bytes(BLOCK).wait()?);
        }
        Ok(())
    });
    let stream = Contender::batch(OURS, |count| {
        for block in adder.blocks(count, BLOCK) {
            black_box(block?);
        }
        Ok(())
    });
    let comparison = compare_as(BLOCKS, effort, plan(effort.either(300, 2)), &mut [calls, stream])?;
    let ratio = comparison.ratio(OURS, &[CALLS]);
    Ok(Findings::of(comparison, [Aim::at_most("blocks of a stream", 1.2, CALLS, ratio)]))
}
