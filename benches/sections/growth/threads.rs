//! A growing number of threads that call one object, beside as many that call a thread.

use std::hint::black_box;

use crate::crowd::together;
use crate::measure::{Contender, Effort, compare};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::report::curve::{Curve, microseconds};
use crate::report::{Aim, Findings};
use crate::sections::CROSSBEAM;

const OURS: &str = "this library";
const THREADS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let adder = ready()?;
    let mut findings = Findings::default();
    let title = "Time of a call, by the number of threads that call one object";
    let mut curve = Curve::new("threads", title, "threads", "µs for each call of all threads");
    for count in THREADS.into_iter().filter(|&count| count <= effort.either(64, 4)) {
        let mut contenders = vec![contender(&adder, count)];
        #[cfg(feature = "peers")]
        contenders.push(crate::peers::shared_by(count));
        let title = format!("calls of {count} threads to one object (time of each)");
        let comparison = compare(&title, effort, &mut contenders)?;
        let aim = Aim::at_most(&title, 1.0, CROSSBEAM, comparison.ratio(OURS, &[CROSSBEAM]));
        curve.points(count.into(), &comparison, microseconds);
        findings.add(Findings::of(comparison, [aim]));
    }
    findings.curves.push(curve);
    Ok(findings)
}

fn contender(adder: &AdderProxy, count: u32) -> Contender<'_> {
    Contender::timed(OURS, move |calls| {
        together(count, calls, |calls| {
            (0..calls).try_for_each(|number| adder.add(number.into(), 1).wait().map(|sum| _ = black_box(sum)))
        })
    })
}
