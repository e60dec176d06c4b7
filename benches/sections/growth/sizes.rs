//! A growing argument of bytes, which the object receives and hardly reads; beside one copy in one
//! process, and beside other ways to pass bytes to a process.

use std::hint::black_box;
use std::time::Duration;

use crate::measure::{Contender, Effort, compare};
use crate::object::AdderProxy;
use crate::outcome::Outcome;
use crate::report::curve::{BYTES, Curve};
use crate::report::{Aim, Findings, note};
use crate::sections::{ICEORYX2_BUSY, takers};
use crate::table;
use crate::work::{MIB, Request};

const OURS: &str = "this library";
const COPY: &str = "limit: memcpy in one process";
const SIZES: [usize; 10] = [1, 16, 256, 4 << 10, 64 << 10, MIB, 8 * MIB, 64 * MIB, 256 * MIB, 1024 * MIB];
/// Of this size on, the copy takes longer than the call.
const LARGE: usize = MIB;
/// How often the bytes are in memory at the same time: at the source, at the limit, and once or
/// more for each library.
const COPIES: u64 = 9;

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let title = "Bytes a second passed to an object, by the size of the argument";
    let mut curve = Curve::new("sizes", title, BYTES, "MiB a second");
    let mut findings = Findings::default();
    for size in SIZES.into_iter().filter(|&size| size <= effort.either(usize::MAX, MIB)) {
        let needed = size as u64 * COPIES;
        if needed > crate::process::available_memory()? {
            note(format!("{} was not measured: it takes {}", table::bytes(size as f64), table::bytes(needed as f64)));
            break;
        }
        findings.add(measure_size(effort, size, &mut curve)?);
    }
    findings.curves.push(curve);
    Ok(findings)
}

fn measure_size(effort: Effort, size: usize, curve: &mut Curve) -> Outcome<Findings> {
    let request = Request::Take((0..size).map(|at| at as u8).collect());
    let Request::Take(bytes) = &request else { return Err("it is a request to take bytes".into()) };
    let adder = AdderProxy::builder("adder").slots(1).max_input_size(size + 4096).start()?;
    let mut copy = bytes.clone();
    let memcpy = || {
        copy.copy_from_slice(black_box(bytes));
        black_box(&copy);
        Ok(())
    };
    let ours = || {
        black_box(adder.take(black_box(bytes)).wait()?);
        Ok(())
    };
    let mut contenders = vec![Contender::new(COPY, memcpy), Contender::new(OURS, ours)];
    contenders.extend(takers(&request));
    let of = table::bytes(size as f64);
    // Large arguments take longer than a round.
    let effort = Effort { round: effort.round.min(Duration::from_millis(50)), ..effort };
    let comparison = compare(format!("{of} as an argument"), effort, &mut contenders)?;
    let aim = if size < LARGE {
        Aim::at_most(format!("{of} as an argument"), 0.5, ICEORYX2_BUSY, comparison.ratio(OURS, &[ICEORYX2_BUSY]))
    } else {
        Aim::at_most(format!("{of} as an argument"), 1.2, COPY, comparison.ratio(OURS, &[COPY]))
    };
    curve.points(size as f64, &comparison, |figure| size as f64 / MIB as f64 / (figure.nanoseconds / 1e9));
    Ok(Findings::of(comparison, [aim]))
}
