//! The first call with a large argument. Of an object that allocated its memory at the start, of
//! one that did not, and of one that was trimmed; beside a later call.

use std::time::{Duration, Instant};

use crate::measure::{Contender, Effort, compare};
use crate::object::{AdderProxy, AdderProxyBuilder};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};
use crate::work::{MIB, fill};

const TITLE: &str = "sum(&[f64]) of 16 MiB for the first time";
const LATER: &str = "this library, a later call";
const FIRST: &str = "this library, the first call";
const PREFAULTED: &str = "this library, the first call after prefault";
const TRIMMED: &str = "this library, the first call after trim";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let size = effort.either(16, 1) * MIB;
    let values = fill(size / size_of::<f64>());
    let builder = || AdderProxy::builder("adder").slots(1).max_input_size(size).max_output_size(4096);
    let warm = started(builder())?;
    let time_call = |adder: &AdderProxy| {
        let began = Instant::now();
        adder.sum(&values).wait()?;
        Outcome::Ok(began.elapsed())
    };
    let first = |builder: &dyn Fn() -> AdderProxyBuilder, calls| times(calls, || time_call(&started(builder())?));
    let mut contenders = [
        Contender::new(LATER, || time_call(&warm).map(|_time| ())),
        Contender::timed(FIRST, |calls| first(&builder, calls)),
        Contender::timed(PREFAULTED, |calls| first(&|| builder().prefault(true), calls)),
        Contender::timed(TRIMMED, |calls| {
            times(calls, || {
                warm.handle().trim()?;
                // The child completes its part of the trim before it serves this call.
                warm.nothing().wait()?;
                time_call(&warm)
            })
        }),
    ];
    let comparison = compare(TITLE, effort, &mut contenders)?;
    let ratio = comparison.ratio(PREFAULTED, &[FIRST]);
    Ok(Findings::of(comparison, [Aim::at_most(format!("{TITLE}, prefaulted"), 1.0, "not prefaulted", ratio)]))
}

fn started(builder: AdderProxyBuilder) -> Outcome<AdderProxy> {
    let adder = builder.start()?;
    adder.wait_until_ready()?;
    adder.nothing().wait()?;
    Ok(adder)
}

/// Adds up the times of so many runs. Work around the timed part is not counted.
fn times(calls: u32, mut timed: impl FnMut() -> Outcome<Duration>) -> Outcome<Duration> {
    (0..calls).try_fold(Duration::ZERO, |sum, _| Ok(sum + timed()?))
}
