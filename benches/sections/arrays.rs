//! `sum(&[f64])` of large arrays, beside one copy and one sum in one process, and beside the sum
//! alone.

use std::hint::black_box;

use concurrent_object::Shared;

use super::peers;
use crate::comparison::Comparison;
use crate::limits::handoff::Handoff;
use crate::measure::{Contender, Effort, compare};
use crate::object::ready;
use crate::outcome::Outcome;
use crate::report::curve::Curve;
use crate::report::{Aim, Findings};
use crate::work::{MIB, Request, fill, sum};

const OURS: &str = "this library";
const OURS_LENT: &str = "this library, from a loan";
const OURS_SHARED: &str = "this library, shared";
const COPY_AND_SUM: &str = "limit: copy and sum in one process";
const SUM: &str = "limit: sum in one process";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mut findings = Findings::default();
    let title = "Throughput of sum(&[f64]), by the size of the argument";
    let mut curve = Curve::new("arrays", title, "MiB", "GiB a second");
    for &mib in effort.either(&[1, 8, 64][..], &[1]) {
        let found = measure_size(effort, mib)?;
        for comparison in &found.comparisons {
            curve.points(mib as f64, comparison, |figure| mib as f64 / 1024.0 / (figure.nanoseconds / 1e9));
        }
        findings.add(found);
    }
    findings.curves.push(curve);
    Ok(findings)
}

fn measure_size(effort: Effort, mib: usize) -> Outcome<Findings> {
    let adder = ready()?;
    let values = fill(mib * MIB / size_of::<f64>());
    let mut copy = values.clone();
    let copy_and_sum = || {
        copy.copy_from_slice(black_box(&values));
        black_box(sum(black_box(&copy)));
        Ok(())
    };
    let sum_alone = || {
        black_box(sum(black_box(&values)));
        Ok(())
    };
    let ours = || {
        black_box(adder.sum(black_box(&values)).wait()?);
        Ok(())
    };
    let mut loan = adder.loan::<f64>(values.len())?;
    loan.copy_from_slice(&values);
    let lent = loan.freeze();
    let ours_lent = || {
        black_box(adder.sum(black_box(&lent)).wait()?);
        Ok(())
    };
    let shared = Shared::new(&values)?;
    let ours_shared = || {
        black_box(adder.sum(black_box(&shared)).wait()?);
        Ok(())
    };
    let request = Request::Sum(values.clone());
    let handoff = Handoff::start(values.len())?;
    let mut contenders = vec![
        Contender::new(COPY_AND_SUM, copy_and_sum),
        Contender::new(SUM, sum_alone),
        Contender::new(OURS, ours),
        Contender::new(OURS_LENT, ours_lent),
        Contender::new(OURS_SHARED, ours_shared),
    ];
    contenders.extend(handoff.sums(&values));
    contenders.extend(peers(&request));
    let title = format!("sum(&[f64]) of {mib} MiB");
    let comparison = compare(&title, effort, &mut contenders)?;
    let ratio = comparison.ratio(OURS, &[COPY_AND_SUM]);
    let in_place = [(OURS_LENT, "from a loan"), (OURS_SHARED, "shared")];
    let in_place = in_place.map(|(name, how)| in_place_aim(&format!("{title}, {how}"), name, &comparison));
    let aims = [Aim::at_most(&title, 1.1, "copy plus sum", ratio)].into_iter().chain(in_place).collect::<Vec<_>>();
    Ok(Findings::of(comparison, aims))
}

/// Returns the aim for arrays that are read in place: 1.02 times the sum alone, plus 5 µs for the
/// call.
fn in_place_aim(work: &str, name: &str, comparison: &Comparison) -> Aim {
    let sum = comparison.figure(SUM).map_or(f64::INFINITY, |figure| figure.nanoseconds);
    // A ratio to the sum alone compares only times of the same rounds.
    let bound = 1.02 + 5e3 / sum;
    let aim = format!("≤ 1.02 × the sum alone + 5 µs = {bound:.2} ×");
    Aim { aim, ..Aim::at_most(work, bound, "the sum alone", comparison.ratio(name, &[SUM])) }
}
