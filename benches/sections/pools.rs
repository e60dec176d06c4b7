//! Items mapped over several objects, to the same items on as many threads of rayon.

use std::hint::black_box;
use std::time::{Duration, Instant};

use concurrent_object::Pool;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::measure::{Contender, Effort, Plan, Timing, compare_as};
use crate::object::AdderProxy;
use crate::outcome::Outcome;
use crate::process::Done;
use crate::report::{Aim, Findings};
use crate::work::spin;

const MAP: &str = "map over a pool";
const RAYON: &str = "rayon";
/// The cores of the machine on which the aims were set.
const CORES: usize = 2;
/// The members for items that rest: more than there are cores.
const RESTING: usize = 4;

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let mut findings = busy_items(effort)?;
    findings.add(resting_items(effort)?);
    findings.add(recycled(effort)?);
    Ok(findings)
}

fn start(size: usize) -> Outcome<Pool<AdderProxy>> {
    let pool = Pool::new(size, |index| AdderProxy::builder(format!("adder-{index}")).start())?;
    pool.wait_until_ready()?;
    Ok(pool)
}

/// Items that use the processor.
fn busy_items(effort: Effort) -> Outcome<Findings> {
    let (pool, threads) = (start(CORES)?, ThreadPoolBuilder::new().num_threads(CORES).build()?);
    let a_microsecond = rounds_in_a_microsecond();
    let mut findings = Findings::default();
    for (micros, items, pace) in [(1000, 400, 0.97), (10, 30_000, 0.85), (3, 60_000, 0.85)] {
        let (rounds, items) = (micros * a_microsecond, effort.either(items, 40));
        let title = format!("items of {micros} µs, {CORES} members");
        let mapped = |items: u32| -> Outcome {
            for sum in pool.map(0..items, |adder, _| adder.spin(rounds)) {
                black_box(sum?);
            }
            Ok(())
        };
        let on_threads = |items: u32| {
            threads.install(|| (0..items).into_par_iter().with_max_len(1).map(|_| spin(rounds)).collect::<Vec<_>>())
        };
        let mut contenders = [
            Contender::batch(MAP, mapped),
            Contender::batch(RAYON, |items| {
                black_box(on_threads(items));
                Ok(())
            }),
        ];
        let comparison = compare_as(&title, effort, plan(items), &mut contenders)?;
        let ratio = comparison.ratio(RAYON, &[MAP]);
        let pace = Aim::at_least(format!("{title}: pace"), pace, RAYON, ratio);
        findings.add(Findings::of(comparison, [pace]));
        let beyond = processor_time_beyond(effort, items, rounds, &pool, mapped)?;
        findings.fact(format!("µs of processor time beyond the work, for each of the {title}"), beyond);
        findings.aims.push(Aim::number(format!("{title}: beyond the work"), 1.0, "µs of processor time", beyond));
    }
    Ok(findings)
}

/// Returns the microseconds of processor time for each item that are not the item's work: of the
/// parent and all members. The median of several rounds.
fn processor_time_beyond(
    effort: Effort,
    items: u32,
    rounds: u64,
    pool: &Pool<AdderProxy>,
    mapped: impl Fn(u32) -> Outcome,
) -> Outcome<f64> {
    let pids: Vec<u32> = pool.members().map(|member| member.handle().pid()).collect();
    let all = || Done::by_all(pids.iter().copied().chain([std::process::id()]));
    let mut beyond = Vec::new();
    for _ in 0..effort.either(7, 1) {
        let before = all()?;
        for _ in 0..items {
            black_box(spin(rounds));
        }
        let alone = all()?.since(before).processor_nanoseconds;
        let before = all()?;
        mapped(items)?;
        let together = all()?.since(before).processor_nanoseconds;
        beyond.push((together as f64 - alone as f64) / f64::from(items) / 1e3);
    }
    beyond.sort_by(f64::total_cmp);
    Ok(beyond[beyond.len() / 2])
}

/// How long an item rests, in microseconds.
type RestOf = fn(u32) -> u64;

/// Items that rest, some much longer than others.
fn resting_items(effort: Effort) -> Outcome<Findings> {
    let (pool, threads) = (start(RESTING)?, ThreadPoolBuilder::new().num_threads(RESTING).build()?);
    let mut findings = Findings::default();
    let cases: [(&str, RestOf); 3] = [
        ("each rests 1 ms", |_| 1000),
        ("1 in 25 rests 30 times as long", |item| if item % 25 == 12 { 30_000 } else { 1000 }),
        ("the first rests 100 times as long", |item| if item == 0 { 100_000 } else { 1000 }),
    ];
    for (title, micros) in cases {
        let title = format!("{RESTING} members, {title}");
        let mut contenders = [
            Contender::batch(MAP, |items| {
                let outcomes = pool.map(0..items, |adder, item| adder.rest_briefly(micros(item)));
                Ok(outcomes.into_iter().collect::<Result<(), _>>()?)
            }),
            Contender::batch(RAYON, |items| {
                let rest = |item| std::thread::sleep(Duration::from_micros(micros(item)));
                threads.install(|| (0..items).into_par_iter().with_max_len(1).for_each(rest));
                Ok(())
            }),
        ];
        let comparison = compare_as(&title, effort, plan(effort.either(400, 8)), &mut contenders)?;
        let aim = Aim::at_most(&title, 1.06, RAYON, comparison.ratio(MAP, &[RAYON]));
        findings.add(Findings::of(comparison, [aim]));
    }
    Ok(findings)
}

/// Members that are replaced after 25 calls, to members that stay.
fn recycled(effort: Effort) -> Outcome<Findings> {
    const STAYING: &str = "members stay";
    const RECYCLED: &str = "recycle_after(25)";
    let late = |index| AdderProxy::builder(format!("adder-{index}")).start_late(50);
    let (staying, replaced) = (Pool::new(CORES, late)?, Pool::new(CORES, late)?.recycle_after(25));
    let title = "items of 1 ms, constructor of 50 ms";
    let run = |pool: &Pool<AdderProxy>, items| -> Outcome {
        pool.wait_until_ready()?;
        Ok(pool.map(0..items, |adder, _| adder.rest_briefly(1000)).collect::<Result<(), _>>()?)
    };
    let mut contenders = [
        Contender::batch(STAYING, |items| run(&staying, items)),
        Contender::batch(RECYCLED, |items| run(&replaced, items)),
    ];
    let comparison = compare_as(title, effort, plan(effort.either(500, 60)), &mut contenders)?;
    let aim = Aim::at_least(format!("{title}: recycled"), 0.9, STAYING, comparison.ratio(STAYING, &[RECYCLED]));
    let mut findings = Findings::of(comparison, [aim]);
    findings.fact("members that were recycled", replaced.statistics().recycled as f64);
    Ok(findings)
}

fn plan(calls: u32) -> Plan {
    Plan { calls, timing: Timing::Together, pause: None, room: Duration::MAX }
}

/// Calibrates the loop: how many rounds take a microsecond.
fn rounds_in_a_microsecond() -> u64 {
    const ROUNDS: u64 = 1_000_000;
    let times = (0..10).map(|_| {
        let began = Instant::now();
        black_box(spin(black_box(ROUNDS)));
        began.elapsed()
    });
    let least = times.min().unwrap_or(Duration::from_millis(1)).as_micros().max(1);
    (ROUNDS / least as u64).max(1)
}
