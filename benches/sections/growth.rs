//! What grows: calls, starts and memory with the number of objects, calls with the number of
//! calling threads, and throughput with the size of an argument.

mod memory;
mod objects;
mod sizes;
mod threads;

use crate::measure::Effort;
use crate::outcome::Outcome;
use crate::report::Findings;

pub(super) fn measure(effort: Effort, objects: usize) -> Outcome<Findings> {
    let mut findings = objects::measure(effort, objects)?;
    findings.add(threads::measure(effort)?);
    findings.add(sizes::measure(effort)?);
    Ok(findings)
}
