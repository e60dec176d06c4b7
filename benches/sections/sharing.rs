//! A table that eight objects receive: the memory of all together, and the time until each has it.

use std::time::Instant;

use concurrent_object::Shared;

use crate::measure::Effort;
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::process::proportional_memory;
use crate::report::{Aim, Findings};
use crate::work::MIB;

const OBJECTS: usize = 8;

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mib = effort.either(1024, 8);
    let objects = (0..OBJECTS).map(|_| ready()).collect::<Outcome<Vec<_>>>()?;
    let before = memory(&objects)?;
    let began = Instant::now();
    let table = Shared::<[f64]>::filled(mib * MIB / size_of::<f64>(), |table| table.fill(1.0))?;
    let made = began.elapsed();
    let began = Instant::now();
    for object in &objects {
        object.sum(&table[..MIB]).wait()?;
    }
    let passed = began.elapsed();
    // Each object reads all of it.
    for object in &objects {
        object.sum(&table).wait()?;
    }
    let used = (memory(&objects)? - before) / MIB as f64;
    println!("\na table of {mib} MiB, given to {OBJECTS} objects");
    let mut findings = Findings::default();
    findings.fact("milliseconds to make and fill it", made.as_secs_f64() * 1e3);
    findings.fact("milliseconds until each has it, together", passed.as_secs_f64() * 1e3);
    findings.fact("MiB that all processes take more, together", used);
    let work = format!("memory of a table of {mib} MiB that {OBJECTS} objects have");
    // The excess over the table is what each call leaves behind. Page tables are not counted.
    findings.aims.push(Aim::number(work, mib as f64 * 1.01 + 1.0, "MiB", used));
    Ok(findings)
}

/// Returns the memory of this process and of the objects, each page counted once.
fn memory(objects: &[AdderProxy]) -> Outcome<f64> {
    let pids = objects.iter().map(|object| object.handle().pid()).chain([std::process::id()]);
    pids.map(|pid| Ok(proportional_memory(pid)? as f64)).sum()
}
