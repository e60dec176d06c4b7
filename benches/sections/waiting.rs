//! `add(u64, u64)` in the situations in which programs wait: on shared cores, beside busy
//! processes, after pauses, with more objects than cores, and with a real-time parent.
//!
//! Each situation stands beside the three ways in which two processes can wait for each other: they
//! spin, they yield, or they sleep on an eventfd. The best of them is another one in each
//! situation. The aims compare with that one.

use std::time::Duration;

use rustix::process::Pid;

use super::latency::{OURS, ours};
use crate::comparison::Comparison;
use crate::limits::eventfd::Eventfd;
use crate::limits::spin::Spin;
use crate::measure::{Contender, Effort, Plan, Timing, compare_as};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings, note};
use crate::situation::{Busy, Cores, Situation};

const IDLE: Situation = Situation { cores: Cores::Free, busy: None, is_real_time: false };
const OBJECTS: usize = 16;

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mut findings = Findings::default();
    for (name, situation, pause) in situations()? {
        // A machine with one core, or a program without privileges, cannot have every situation.
        match one(name, situation, pause, effort) {
            Ok(found) => findings.add(found),
            Err(error) => note(format!("left out: {name}: {error}")),
        }
    }
    findings.add(many(effort)?);
    Ok(findings)
}

/// All situations with one object, and the pause before each call.
fn situations() -> Outcome<Vec<(&'static str, Situation, Option<Duration>)>> {
    let cores = std::thread::available_parallelism()?.get();
    let busy = |processes, nice| Situation { busy: Some(Busy { processes, nice }), ..IDLE };
    let pinned = |cores| Situation { cores, ..IDLE };
    let after = |microseconds| Some(Duration::from_micros(microseconds));
    Ok(vec![
        ("idle", IDLE, None),
        ("pinned to two cores", pinned(Cores::Apart), None),
        (ONE_CORE, pinned(Cores::One), None),
        ("one core left by busy processes, nice 10", busy(cores - 1, 10), None),
        ("one core left by busy processes, nice 0", busy(cores - 1, 0), None),
        ("all cores busy, nice 10", busy(cores, 10), None),
        ("all cores busy, nice 0", busy(cores, 0), None),
        ("after 0.1 ms", IDLE, after(100)),
        ("after 1 ms", IDLE, after(1_000)),
        ("after 10 ms", IDLE, after(10_000)),
        ("real-time parent", Situation { is_real_time: true, ..IDLE }, None),
        ("real-time parent, one core", Situation { is_real_time: true, ..pinned(Cores::One) }, None),
    ])
}

const ONE_CORE: &str = "pinned to one core";

fn one(name: &str, situation: Situation, pause: Option<Duration>, effort: Effort) -> Outcome<Findings> {
    let (eventfd, spin, yielding, adder) = (Eventfd::start()?, Spin::start()?, Spin::yielding()?, ready()?);
    let object = Pid::from_raw(i32::try_from(adder.handle().pid())?);
    let partners: Vec<Pid> = [eventfd.pid(), spin.pid(), yielding.pid(), object].into_iter().flatten().collect();
    // A real-time thread that polls leaves its core to no other thread.
    let may_poll = !(situation.is_real_time && situation.cores == Cores::One);
    let mut contenders = vec![eventfd.contender(), ours(&adder)];
    if may_poll {
        contenders.extend([spin.contender(), yielding.contender()]);
    }
    let title = format!("add(u64, u64), {name}");
    let plan = Plan {
        calls: if pause.is_some() { effort.either(100, 2) } else { 10_000_000 },
        timing: if pause.is_some() { Timing::EachMedian } else { Timing::EachMean },
        pause,
        room: effort.either(Duration::from_millis(300), effort.round),
    };
    let made = situation.make(&partners)?;
    let comparison = compare_as(&title, effort, plan, &mut contenders)?;
    drop(made);
    let aims = aims(&title, name, &comparison, pause.is_some());
    Ok(Findings::of(comparison, aims))
}

fn aims(title: &str, name: &str, comparison: &Comparison, has_pause: bool) -> Vec<Aim> {
    if has_pause {
        let ratio = comparison.ratio(OURS, &[Eventfd::NAME]);
        return vec![Aim::at_most(title, 1.2, "eventfd after the same pause", ratio)];
    }
    let limits = [Eventfd::NAME, Spin::NAME, Spin::YIELDING];
    let ratios = limits.iter().filter_map(|limit| comparison.ratio(OURS, &[limit]));
    let each = |of: &str| comparison.figure(of).and_then(|figure| figure.each);
    let mut aims = vec![
        Aim::at_most(title, 1.2, "the best of spin, yield, eventfd", ratios.max_by(f64::total_cmp)),
        Aim::at_most(format!("{title}, p99"), 10.0, "its p50", each(OURS).map(|each| each.p99 / each.p50)),
    ];
    if name == ONE_CORE {
        let medians = each(OURS).zip(each(Eventfd::NAME)).map(|(ours, limit)| ours.p50 / limit.p50);
        aims.push(Aim::at_most(format!("{title}, p50"), 0.6, "eventfd ping-pong", medians));
    }
    aims
}

/// More objects than cores, called in turn.
fn many(effort: Effort) -> Outcome<Findings> {
    let eventfds = (0..OBJECTS).map(|_| Eventfd::start()).collect::<Outcome<Vec<_>>>()?;
    let objects = (0..OBJECTS).map(|_| ready()).collect::<Outcome<Vec<_>>>()?;
    let title = format!("add(u64, u64), {OBJECTS} objects called in turn");
    let room = effort.either(Duration::from_millis(300), effort.round);
    let plan = Plan { calls: 10_000_000, timing: Timing::EachMean, pause: None, room };
    let mut contenders = [in_turn(Eventfd::NAME, &eventfds, Eventfd::ping), in_turn(OURS, &objects, add)];
    let comparison = compare_as(&title, effort, plan, &mut contenders)?;
    let ratio = comparison.ratio(OURS, &[Eventfd::NAME]);
    Ok(Findings::of(comparison, [Aim::at_most(title, 1.2, "eventfd ping-pong", ratio)]))
}

fn in_turn<'c, T>(name: &str, partners: &'c [T], call: impl Fn(&T) -> Outcome + 'c) -> Contender<'c> {
    let mut next = partners.iter().cycle();
    Contender::new(name, move || next.next().map_or(Ok(()), &call))
}

fn add(adder: &AdderProxy) -> Outcome {
    std::hint::black_box(adder.add(1, 2).wait()?);
    Ok(())
}
