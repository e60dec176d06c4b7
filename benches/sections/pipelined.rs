//! Small calls without waiting for each, up to 64 in flight.

use std::hint::black_box;

use super::CROSSBEAM;
use super::latency::ours;
use crate::measure::{Contender, Effort, compare};
use crate::object::AdderProxy;
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};

const TITLE: &str = "pipelined small calls (time per call)";
const OURS: &str = "this library, push and pull";
const ROOM: u32 = 64;

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let adder = AdderProxy::builder("adder").slots(ROOM as usize).start()?;
    adder.wait_until_ready()?;
    let mut contenders = Vec::new();
    #[cfg(feature = "peers")]
    contenders.push(crate::peers::pipeline());
    contenders.push(Contender::batch(OURS, |calls| pipeline(&adder, calls)));
    contenders.push(ours(&adder));
    let comparison = compare(TITLE, effort, &mut contenders)?;
    let rate = comparison.ratio(CROSSBEAM, &[OURS]);
    let aim = Aim::at_least("calls per second, pipelined", 0.7, "crossbeam", rate);
    Ok(Findings::of(comparison, [aim]))
}

fn pipeline(adder: &AdderProxy, calls: u32) -> Outcome {
    let (mut pushed, mut pulled) = (0, 0);
    while pulled < calls {
        while pushed < calls && pushed - pulled < ROOM {
            adder.push_add(pushed.into(), 1)?;
            pushed += 1;
        }
        black_box(adder.wait_pull()?.ok_or("a pushed call has an outcome")?);
        pulled += 1;
        while let Some(output) = adder.pull()? {
            black_box(output);
            pulled += 1;
        }
    }
    Ok(())
}
