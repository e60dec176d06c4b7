//! Measures calls to an object on another host beside Zenoh alone, in one run, as ratios.
//!
//! `cargo run --release -p concurrent-object-zenoh-benches` measures everything; `-- --quick` only
//! shows that it runs. The other sides are processes of this program, over TCP on loopback. Ratios
//! are medians over interleaved rounds. Absolute times depend on the machine.

#[allow(dead_code, reason = "shared with the other benchmarks")]
#[path = "../report/aim.rs"]
mod aim;
#[allow(dead_code, reason = "shared with the other benchmarks")]
#[path = "../comparison.rs"]
mod comparison;
mod far;
#[allow(dead_code, reason = "shared with the other benchmarks")]
#[path = "../measure.rs"]
mod measure;
#[path = "../outcome.rs"]
mod outcome;
mod raw;
#[allow(dead_code, reason = "shared with the other benchmarks")]
#[path = "../table.rs"]
mod table;

use std::time::Duration;

use clap::Parser;

use crate::aim::Aim;
use crate::comparison::Comparison;
use crate::far::{Adder, SumsProxy};
use crate::measure::{Contender, Effort, Plan, Timing, compare, compare_as};
use crate::outcome::Outcome;
use crate::raw::Raw;

/// Fails unless a result is the right one.
fn expect<T: PartialEq + std::fmt::Debug>(result: T, right: T) -> Outcome {
    if result == right { Ok(()) } else { Err(format!("{result:?} instead of {right:?}").into()) }
}

/// How many calls are under way at once.
const PIPELINED: u32 = 10_000;

/// What is measured, and how thoroughly.
#[derive(Debug, Parser)]
struct Options {
    /// Few and short rounds: shows that it runs, measures nothing.
    #[arg(long)]
    quick: bool,
    /// The number of rounds.
    #[arg(long, default_value_t = 21)]
    rounds: usize,
    /// Holds the objects.
    #[arg(long, hide = true, value_name = "PORT")]
    host: Option<u16>,
    /// Answers what Zenoh alone carries.
    #[arg(long, hide = true, value_name = "PORT")]
    raw: Option<u16>,
}

fn main() -> Outcome {
    concurrent_object::init();
    let options = Options::parse();
    match (options.host, options.raw) {
        (Some(port), _) => return far::serve(port),
        (_, Some(port)) => return raw::serve(port),
        _ => {}
    }
    let effort = Effort::new(options.quick);
    let effort = if options.quick { effort } else { Effort { rounds: options.rounds, ..effort } };
    let (adder, raw) = (Adder::start()?, Raw::start()?);
    let mut aims = round_trip(effort, &adder, &raw)?;
    aims.extend(large(effort, &adder, &raw)?);
    aims.extend(pipelined(effort, &adder, &raw)?);
    if options.quick {
        println!("quick: this shows that it runs; no figure in it means anything");
    } else {
        aim::print_aims(aims.iter());
    }
    Ok(())
}

const OBJECT: &str = "object on another host";
const MANY: &str = "object with 128 slots";
const RAW: &str = "Zenoh alone";

fn aim(comparison: &Comparison, work: &str, bound: f64) -> Aim {
    Aim::at_most(work, bound, RAW, comparison.ratio(OBJECT, &[RAW]))
}

fn round_trip(effort: Effort, adder: &Adder, raw: &Raw) -> Outcome<Vec<Aim>> {
    let object = Contender::new(OBJECT, || expect(adder.small.add(40, 2).wait()?, 42));
    let raw = Contender::new(RAW, || expect(raw.exchange(raw::SMALL, vec![7; 40])?.len(), 40));
    let each = Plan { calls: 0, timing: Timing::EachMedian, pause: None, room: Duration::MAX };
    let comparison = compare_as("round trip: add(u64, u64), 40 bytes", effort, each, &mut [raw, object])?;
    Ok(vec![aim(&comparison, "round trip", 1.25)])
}

fn large(effort: Effort, adder: &Adder, raw: &Raw) -> Outcome<Vec<Aim>> {
    let count = effort.either(8 << 20, 1 << 10);
    let values = vec![1.0; count];
    let bytes = raw::payload(count);
    let effort = Effort { rounds: effort.rounds.min(11), ..effort };

    let object = Contender::new(OBJECT, || expect(adder.large.sum(&values).wait()?, count as f64));
    let alone =
        Contender::new(RAW, || expect(raw.exchange(raw::SUM, bytes.clone())?, (count as f64).to_le_bytes().to_vec()));
    let argument = compare("64 MiB as an argument: sum(&[f64])", effort, &mut [alone, object])?;

    let object = Contender::new(OBJECT, || expect(adder.large.fill(count).wait()?.len(), count));
    let alone = Contender::new(RAW, || expect(raw.exchange(raw::FILL, count.to_le_bytes().to_vec())?.len(), count * 8));
    let result = compare("64 MiB as a result: fill(usize) -> Vec<f64>", effort, &mut [alone, object])?;
    Ok(vec![aim(&argument, "argument of 64 MiB", 1.15), aim(&result, "result of 64 MiB", 1.3)])
}

fn pipelined(effort: Effort, adder: &Adder, raw: &Raw) -> Outcome<Vec<Aim>> {
    let calls = effort.either(PIPELINED, 100);
    let all = |object: &SumsProxy, calls: u32| {
        let calls = (0..calls).map(|by| object.add(by.into(), 1)).collect::<Vec<_>>();
        calls.into_iter().zip(1..).try_for_each(|(call, sum)| expect(call.wait()?, sum))
    };
    let object = Contender::batch(OBJECT, |calls| all(&adder.small, calls));
    let many = Contender::batch(MANY, |calls| all(&adder.many, calls));
    let alone = Contender::batch(RAW, |calls| raw.exchange_many(calls, usize::MAX));
    let window = Contender::batch("Zenoh alone, 16 at once", |calls| raw.exchange_many(calls, 16));
    let plan = Plan { calls, timing: Timing::Together, pause: None, room: Duration::MAX };
    let comparison = compare_as(format!("{calls} calls at once"), effort, plan, &mut [alone, window, object, many])?;
    // A rate is the inverse of a time.
    let aim = |work, bound, contender| Aim::at_least(work, bound, RAW, comparison.ratio(RAW, &[contender]));
    Ok(vec![aim("rate of 10,000 calls at once", 0.7, OBJECT), aim("the same, with 128 slots", 0.7, MANY)])
}
