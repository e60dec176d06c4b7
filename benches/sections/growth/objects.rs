//! A growing number of objects: the round trip to one of them while the others are idle, the round
//! trip when all are called in turn, and the start of the next.

use std::time::Instant;

use super::memory::Before;
use crate::measure::{Contender, Effort, Plan, Timing, compare, compare_as};
use crate::object::{AdderProxy, ready, start_objects};
use crate::outcome::Outcome;
use crate::partner::execute_nothing;
use crate::process::{Room, room_for};
use crate::remote::{Assignment, Remote, Task, call_in_turn};
use crate::report::curve::{Curve, microseconds};
use crate::report::{Aim, Findings, note};
use crate::sections::latency::{OURS, ours};

const ALONE: &str = "an object alone in another process";
const IN_TURN: &str = "this library, all called in turn";
const WAKING: &str = "limit: eventfd ping-pong, as many threads in turn";
const NOTHING: &str = "limit: executing this binary to do nothing";
const START_ALONE: &str = "this library, the only object of its process";

/// What one object takes of this process, and with a thread of the limit of its user.
const EACH: Room = Room { descriptors: 6, processes: 3 };
/// What everything else in this process takes.
const SPARE: Room = Room { descriptors: 128, processes: 64 };

pub(super) fn measure(effort: Effort, wanted: usize) -> Outcome<Findings> {
    let most = affordable(effort.either(wanted, wanted.min(8)))?;
    let mut alone = Remote::start(Assignment { objects: 1, ..Assignment::default() })?;
    let before = Before::here()?;
    let mut measured = Measured::new();
    let mut objects = Vec::new();
    for count in [1, 10, 100, 500, 1000].into_iter().filter(|&count| count < most).chain([most]) {
        if !grow_to(count, &mut objects) {
            break;
        }
        before.add_memory(&objects, &mut measured.memory)?;
        measured.add_calls(effort, &objects, &mut alone)?;
        measured.add_starts(effort, count, &mut alone)?;
    }
    measured.findings.add(before.each(&objects)?);
    let (count, began) = (objects.len() as f64, Instant::now());
    drop(objects);
    measured.findings.fact(format!("µs to end each of {count} objects"), began.elapsed().as_secs_f64() * 1e6 / count);
    Ok(measured.into_findings())
}

/// Returns how many of the wanted objects the limits of this process allow.
fn affordable(wanted: usize) -> Outcome<usize> {
    let (allowed, limit) = room_for(EACH, SPARE)?;
    if allowed < wanted {
        note(format!("{allowed} objects instead of {wanted}: {limit}"));
    }
    Ok(wanted.min(allowed))
}

/// Starts objects until there are so many. Returns whether it did: the kernel may refuse.
fn grow_to(count: usize, objects: &mut Vec<AdderProxy>) -> bool {
    while objects.len() < count {
        match ready() {
            Ok(object) => objects.push(object),
            Err(error) => {
                note(format!("{} objects instead of {count}: {error}", objects.len()));
                return false;
            }
        }
    }
    true
}

/// The findings so far.
struct Measured {
    findings: Findings,
    calls: Curve,
    starts: Curve,
    memory: Curve,
}

impl Measured {
    fn new() -> Self {
        let calls = "Round trip of add(u64, u64), by the number of objects alive";
        let starts = "Start until ready, by the number of objects alive";
        let memory = "Memory, by the number of objects alive";
        Self {
            findings: Findings::default(),
            calls: Curve::new("objects", calls, "objects", "µs"),
            starts: Curve::new("starts", starts, "objects", "µs"),
            memory: Curve::new("memory", memory, "objects", "MiB"),
        }
    }

    fn add_calls(&mut self, effort: Effort, objects: &[AdderProxy], alone: &mut Remote) -> Outcome {
        let count = objects.len();
        // In a process of its own: the descriptors of both would not fit into one.
        let mut waking = Remote::start(Assignment { wakes: count, ..Assignment::default() })?;
        let mut next = objects.iter().cycle();
        let mut contenders = [
            alone.contender(ALONE, Task::Call),
            ours(&objects[count / 2]),
            waking.contender(WAKING, Task::Wake),
            // Each round goes on where the last one ended, so that all objects have their turn.
            Contender::batch(IN_TURN, move |calls| call_in_turn(next.by_ref(), calls)),
        ];
        let comparison = compare(format!("round trip with {count} objects alive"), effort, &mut contenders)?;
        let aims = [
            Aim::at_most(format!("a call, {count} objects alive"), 1.2, ALONE, comparison.ratio(OURS, &[ALONE])),
            Aim::at_most(format!("{count} objects called in turn"), 2.0, WAKING, comparison.ratio(IN_TURN, &[WAKING])),
        ];
        self.calls.points(count as f64, &comparison, microseconds);
        self.findings.add(Findings::of(comparison, aims));
        Ok(())
    }

    fn add_starts(&mut self, effort: Effort, count: usize, alone: &mut Remote) -> Outcome {
        let mut contenders = [
            alone.contender(START_ALONE, Task::Start),
            Contender::timed(OURS, start_objects),
            Contender::new(NOTHING, execute_nothing),
        ];
        let plan =
            Plan { calls: effort.either(20, 1), timing: Timing::Together, pause: None, room: std::time::Duration::MAX };
        let title = format!("start until ready with {count} objects alive");
        let comparison = compare_as(&title, effort, plan, &mut contenders)?;
        let aim = Aim::at_most(&title, 1.2, START_ALONE, comparison.ratio(OURS, &[START_ALONE]));
        self.starts.points(count as f64, &comparison, microseconds);
        self.findings.add(Findings::of(comparison, [aim]));
        Ok(())
    }

    fn into_findings(mut self) -> Findings {
        self.findings.curves = vec![self.calls, self.starts, self.memory];
        self.findings
    }
}
