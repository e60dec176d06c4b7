//! A method that returns a `Vec<f64>`, beside the least that this takes: filling it, a copy into
//! shared memory, and a copy out of it.

use std::hint::black_box;

use super::peers;
use crate::limits::handoff::Handoff;
use crate::measure::{Contender, Effort, compare};
use crate::object::ready;
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};
use crate::work::{MIB, Request, fill};

const TITLE: &str = "fill() -> Vec<f64> of 8 MiB";
const OURS: &str = "this library";
const LIMIT: &str = "limit: fill and two copies in one process";
const COUNT: usize = 8 * MIB / size_of::<f64>();

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let (adder, request) = (ready()?, Request::Fill(COUNT));
    let mut shared = vec![0.0; COUNT];
    let limit = || {
        shared.copy_from_slice(black_box(&fill(black_box(COUNT))));
        black_box(black_box(&shared).clone());
        Ok(())
    };
    let ours = || {
        black_box(adder.fill(COUNT).wait()?);
        Ok(())
    };
    let handoff = Handoff::start(COUNT)?;
    let mut contenders = vec![Contender::new(LIMIT, limit), handoff.fill(), Contender::new(OURS, ours)];
    contenders.extend(peers(&request));
    let comparison = compare(TITLE, effort, &mut contenders)?;
    let aim = Aim::at_most(TITLE, 1.2, "fill and two copies", comparison.ratio(OURS, &[LIMIT]));
    Ok(Findings::of(comparison, [aim]))
}
