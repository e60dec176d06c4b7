//! The memory, descriptors and threads that objects take: in the parent, in each child, and of the
//! whole machine.

use crate::object::AdderProxy;
use crate::outcome::Outcome;
use crate::partner::{Partner, Sleep};
use crate::process::{available_memory, descriptors_and_threads, is_asleep, private_memory, proportional_memory};
use crate::report::curve::Curve;
use crate::report::{Aim, Findings};
use crate::work::MIB;

const PARENT: &str = "this library: the parent, for each object";
const CHILD: &str = "a child (median)";
const MACHINE: &str = "the whole machine, for each object";

/// What was taken before there was an object.
pub(super) struct Before {
    descriptors: usize,
    threads: usize,
    parent: u64,
    available: u64,
}

impl Before {
    pub(super) fn here() -> Outcome<Self> {
        let (descriptors, threads) = descriptors_and_threads()?;
        let parent = proportional_memory(std::process::id())?;
        Ok(Self { descriptors, threads, parent, available: available_memory()? })
    }

    /// Adds the memory of so many objects to the curve.
    pub(super) fn add_memory(&self, objects: &[AdderProxy], curve: &mut Curve) -> Outcome {
        let count = objects.len() as f64;
        // The machine comes first: reading the others takes memory of the kernel.
        let machine = self.available.saturating_sub(available_memory()?);
        let parent = proportional_memory(std::process::id())?.saturating_sub(self.parent);
        let child = median(objects, proportional_memory)?;
        let each = [(PARENT, parent as f64 / count), (CHILD, child as f64), (MACHINE, machine as f64 / count)];
        println!();
        for (what, bytes) in each {
            println!("  {:<58} {:>10.3} MiB", format!("memory with {count} objects: {what}"), bytes / MIB as f64);
            // The machine's memory moves by more than a few objects take.
            if bytes > 0.0 {
                curve.point(what, count, bytes / MIB as f64);
            }
        }
        Ok(())
    }

    /// Returns what each of these objects takes.
    pub(super) fn each(&self, objects: &[AdderProxy]) -> Outcome<Findings> {
        let mut findings = Findings::default();
        let count = objects.len() as f64;
        let (descriptors, threads) = descriptors_and_threads()?;
        let descriptors = descriptors.saturating_sub(self.descriptors) as f64 / count;
        let threads = threads.saturating_sub(self.threads) as f64 / count;
        let parent = proportional_memory(std::process::id())?.saturating_sub(self.parent) as f64 / count / 1024.0;
        let nothing = idle_process()? as f64 / MIB as f64;
        let child = median(objects, private_memory)? as f64 / MIB as f64;
        findings.fact("MiB of private memory of a process that does nothing", nothing);
        findings.fact("MiB of private memory of an idle child, median", child);
        findings.aims = vec![
            Aim::number("descriptors of each object in the parent", 6.0, "descriptors", descriptors),
            Aim::number("threads of each object in the parent", 0.0, "threads", threads),
            Aim::number("memory of each object in the parent", 100.0, "KiB", parent),
            Aim::number(
                "private memory of an idle child, beyond a no-op process",
                1.0,
                "MiB",
                (child - nothing).max(0.0),
            ),
        ];
        Ok(findings)
    }
}

/// Returns the private memory of a process of this binary that does nothing.
fn idle_process() -> Outcome<u64> {
    let idle = Partner::start(&Sleep)?;
    // The process sleeps once it has read its role, and then has all the memory that it will have.
    while !is_asleep(idle.child.id())? {
        std::thread::yield_now();
    }
    private_memory(idle.child.id())
}

fn median(objects: &[AdderProxy], memory: impl Fn(u32) -> Outcome<u64>) -> Outcome<u64> {
    let mut all = objects.iter().map(|object| memory(object.handle().pid())).collect::<Outcome<Vec<_>>>()?;
    all.sort_unstable();
    Ok(all.get(all.len() / 2).copied().unwrap_or(0))
}
