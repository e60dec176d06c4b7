//! What limits and a sandbox cost: a small call, one after a pause, and the start.

use std::hint::black_box;
use std::time::Duration;

use concurrent_object::Sandbox;

use crate::measure::{Contender, Effort, Plan, Timing, compare, compare_as};
use crate::object::{AdderProxy, AdderProxyBuilder, start_objects_of};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};

const TITLE: &str = "add(u64, u64) in a sandbox";
const PAUSED: &str = "add(u64, u64) in a sandbox, after a pause of 1 ms";
const START: &str = "start until ready in a sandbox";

const FREE: &str = "without";
const FREE_AGAIN: &str = "without, again";
const PURE: &str = "all limits, pure";
const READ_ONLY: &str = "all limits, read only";

/// With backtraces, a sandboxed object would load the names of functions at its start.
fn free() -> AdderProxyBuilder {
    AdderProxy::builder("adder").env("RUST_BACKTRACE", "0")
}

fn limited(sandbox: Sandbox) -> AdderProxyBuilder {
    let limits = free().memory_limit("256 MiB").cpu_time_limit("1h").open_files_limit(256).nice(0).kill_tree(true);
    limits.sandbox(sandbox)
}

fn pure() -> AdderProxyBuilder {
    limited(Sandbox::pure())
}

fn read_only() -> AdderProxyBuilder {
    limited(Sandbox::read_only(["/etc"]))
}

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let objects = [(FREE, free().start()?), (PURE, pure().start()?), (FREE_AGAIN, free().start()?)];
    let mut findings = round_trips(effort, &objects)?;
    findings.add(after_pauses(effort, &objects)?);
    drop(objects);
    findings.add(starts(effort)?);
    Ok(findings)
}

type Named = (&'static str, AdderProxy);

fn contender((name, adder): &Named) -> Contender<'_> {
    Contender::new(*name, || {
        black_box(adder.add(1, 2).wait()?);
        Ok(())
    })
}

fn contenders(objects: &[Named]) -> Vec<Contender<'_>> {
    objects.iter().map(contender).collect()
}

fn round_trips(effort: Effort, objects: &[Named]) -> Outcome<Findings> {
    // Short turns: each contender has the same share of what disturbs.
    let plan = Plan { calls: effort.either(200, 2), timing: Timing::EachMedian, pause: None, room: Duration::MAX };
    let many = Effort { rounds: effort.either(201, 1), ..effort };
    let comparison = compare_as(TITLE, many, plan, &mut contenders(objects))?;
    let aim = Aim::at_most(TITLE, 1.05, "without", comparison.ratio(PURE, &[FREE]));
    Ok(Findings::of(comparison, [aim]))
}

fn after_pauses(effort: Effort, objects: &[Named]) -> Outcome<Findings> {
    let pause = Some(Duration::from_millis(1));
    let plan = Plan { calls: effort.either(20, 2), timing: Timing::EachMedian, pause, room: Duration::MAX };
    let many = Effort { rounds: effort.either(75, 1), ..effort };
    let comparison = compare_as(PAUSED, many, plan, &mut contenders(objects))?;
    let aim = Aim::at_most(PAUSED, 1.05, "without", comparison.ratio(PURE, &[FREE]));
    Ok(Findings::of(comparison, [aim]))
}

fn starts(effort: Effort) -> Outcome<Findings> {
    let starter =
        |name, builder: AdderProxyBuilder| Contender::timed(name, move |count| start_objects_of(&builder, count));
    let mut contenders = [starter(FREE, free()), starter(PURE, pure()), starter(READ_ONLY, read_only())];
    let comparison = compare(START, effort, &mut contenders)?;
    let time = |name| comparison.figure(name).map_or(f64::NAN, |figure| figure.nanoseconds);
    let added = (time(PURE) - time(FREE)) / 1e3;
    let aim = Aim::number(format!("{START}, beyond one without"), 800.0, "µs", added);
    Ok(Findings::of(comparison, [aim]))
}
