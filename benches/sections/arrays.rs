//! `sum(&[f64])` of large arrays, beside one copy and one sum in one process, and the sum alone.

use std::hint::black_box;

use super::peers;
use crate::measure::{Comparison, Contender, Effort, Outcome, compare};
use crate::object::ready;
use crate::report::{Aim, Findings};
use crate::work::{MIB, Request, fill, sum};

pub(crate) const TITLE: &str = "sum(&[f64]) of ";
const OURS: &str = "this library";
const LOAN: &str = "this library, from a loan";
const COPY_AND_SUM: &str = "limit: copy and sum in one process";
const SUM: &str = "limit: sum in one process";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mut findings = Findings::default();
    for size in effort.either(&[1, 8, 64][..], &[1]) {
        findings.add(measure_size(effort, *size)?);
    }
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
    let from_loan = || {
        black_box(adder.sum(black_box(&lent)).wait()?);
        Ok(())
    };
    let request = Request::Sum(values.clone());
    let mut contenders = vec![
        Contender::new(COPY_AND_SUM, copy_and_sum),
        Contender::new(SUM, sum_alone),
        Contender::new(OURS, ours),
        Contender::new(LOAN, from_loan),
    ];
    contenders.extend(peers(&request));
    let title = format!("{TITLE}{mib} MiB");
    let comparison = compare(&title, effort, &mut contenders)?;
    let aims = [
        Aim::at_most(&title, 1.1, "copy plus sum", comparison.ratio(OURS, &[COPY_AND_SUM])),
        loan_aim(&title, &comparison),
    ];
    Ok(Findings::of(comparison, aims))
}

/// The sum alone, and the time of a call and a wake-up.
fn loan_aim(title: &str, comparison: &Comparison) -> Aim {
    let alone = comparison.figure(SUM).map_or(f64::NAN, |figure| figure.nanoseconds);
    let bound = ((1.02 + 5_000.0 / alone) * 100.0).round() / 100.0;
    Aim::at_most(
        format!("{title}, from a loan"),
        bound,
        "sum alone (2 % and 5 µs more)",
        comparison.ratio(LOAN, &[SUM]),
    )
}

/// The size in a title.
pub(crate) fn mib_of(title: &str) -> Option<usize> {
    title.strip_prefix(TITLE)?.split(' ').next()?.parse().ok()
}
