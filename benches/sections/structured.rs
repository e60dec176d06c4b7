//! A typical struct as an argument, beside `rmp-serde` to and from memory plus a call without
//! arguments. Structured values to and from memory alone.

use std::hint::black_box;

use super::{peers, serializers};
use crate::measure::{Contender, Effort, compare};
use crate::object::ready;
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};
use crate::work::{Profile, Request};

const TITLE: &str = "a struct of 12 fields as an argument";
const OURS: &str = "this library";
const EMPTY: &str = "this library, a call without arguments";
const RMP: &str = "rmp-serde to and from memory";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let adder = ready()?;
    let profile = Profile::typical();
    let mut packed = Vec::new();
    let rmp = || {
        packed.clear();
        rmp_serde::encode::write(&mut packed, black_box(&profile))?;
        black_box(rmp_serde::from_slice::<Profile>(black_box(&packed))?);
        Ok(())
    };
    let empty = || Ok(adder.nothing().wait()?);
    let ours = || {
        black_box(adder.describe(black_box(&profile)).wait()?);
        Ok(())
    };
    let request = Request::Describe(profile.clone());
    let mut contenders = vec![Contender::new(RMP, rmp), Contender::new(EMPTY, empty), Contender::new(OURS, ours)];
    contenders.extend(peers(&request));
    let comparison = compare(TITLE, effort, &mut contenders)?;
    drop(contenders);
    let ratio = comparison.ratio(OURS, &[RMP, EMPTY]);
    let aim = Aim::at_most(TITLE, 1.2, "rmp-serde plus an empty call", ratio);
    let mut findings = Findings::of(comparison, [aim]);
    findings.fact("bytes of the struct as MessagePack", packed.len() as f64);
    findings.add(serializers::measure(effort)?);
    Ok(findings)
}
