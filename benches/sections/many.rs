//! Many objects alive. Measures a call to one of them, beside a call in a process with one object;
//! and the descriptors, threads and memory of each.

use super::latency::ours;
use crate::measure::{Effort, compare};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::partner::{Partner, Sleep};
use crate::process::{descriptor_limit, descriptors_and_threads, private_memory};
use crate::remote::{Assignment, Remote, Task};
use crate::report::{Aim, Findings, note};
use crate::titles::MANY;
use crate::work::MIB;

const OURS: &str = super::latency::OURS;
const ALONE: &str = "an object alone in another process";
/// The number of descriptors that the process keeps free for other uses.
const SPARE: u64 = 64;
const DESCRIPTORS: u64 = 6;

pub(super) fn measure(effort: Effort, wanted: usize) -> Outcome<Findings> {
    let wanted = effort.either(wanted, wanted.min(8));
    let most = wanted.min(usize::try_from(descriptor_limit().saturating_sub(SPARE) / DESCRIPTORS)?);
    if most < wanted {
        note(format!("{most} objects instead of {wanted}: this process may have {} descriptors", descriptor_limit()));
    }
    let mut alone = Remote::start(Assignment { objects: 1, ..Assignment::default() })?;
    let (descriptors, threads) = descriptors_and_threads()?;
    let mut objects = Vec::new();
    let mut findings = Findings::default();
    for count in [1, 10, 100, most].into_iter().filter(|&count| count <= most) {
        while objects.len() < count {
            objects.push(ready()?);
        }
        let title = format!("{MANY}{count}");
        let mut contenders = [alone.contender(ALONE, Task::Call), ours(&objects[count / 2])];
        let comparison = compare(&title, effort, &mut contenders)?;
        let aims = (count == most).then(|| {
            let ratio = comparison.ratio(OURS, &[ALONE]);
            Aim::at_most(format!("round trip, {count} objects alive"), 1.2, "the round trip with one", ratio)
        });
        findings.add(Findings::of(comparison, aims));
    }
    let (descriptors_now, threads_now) = descriptors_and_threads()?;
    let each = |now: usize, before: usize| now.saturating_sub(before) as f64 / most as f64;
    let (descriptors, threads) = (each(descriptors_now, descriptors), each(threads_now, threads));
    findings.fact("descriptors of each object in the parent", descriptors);
    findings.fact("threads of each object in the parent", threads);
    findings.aims.push(Aim::number("descriptors of each object in the parent", 6.0, "descriptors", descriptors));
    findings.aims.push(Aim::number("threads of each object in the parent", 0.0, "threads", threads));
    measure_memory(&objects, &mut findings)?;
    Ok(findings)
}

/// Measures the private memory of an idle child, beyond that of a process of the same binary that
/// does nothing.
fn measure_memory(objects: &[AdderProxy], findings: &mut Findings) -> Outcome {
    let idle = Partner::start(&Sleep)?;
    // The process sleeps once it has read its role, and then has all the memory that it will have.
    while !crate::process::is_asleep(idle.child.id())? {
        std::thread::yield_now();
    }
    let nothing = private_memory(idle.child.id())? as f64 / MIB as f64;
    let mut memory = objects.iter().map(|object| private_memory(object.handle().pid())).collect::<Outcome<Vec<_>>>()?;
    memory.sort_unstable();
    let median = memory.get(memory.len() / 2).copied().unwrap_or(0) as f64 / MIB as f64;
    findings.fact("MiB of private memory of a process that does nothing", nothing);
    findings.fact("MiB of private memory of an idle child, median", median);
    let beyond = (median - nothing).max(0.0);
    findings.aims.push(Aim::number("private memory of an idle child, beyond a no-op process", 1.0, "MiB", beyond));
    Ok(())
}
