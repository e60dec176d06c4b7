//! A million structs of three bytes, declared with `plain!`, as an argument and as a result. Beside
//! the same structs without the declaration, and beside the same bytes as a `Vec<u8>`.

use std::hint::black_box;

use crate::comparison::Comparison;
use crate::measure::{Contender, Effort, compare};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};
use crate::work::{Color, Undeclared};

const COUNT: usize = 1_000_000;
const DECLARED: &str = "this library, structs declared plain";
const BYTES: &str = "this library, the same bytes";
const UNDECLARED: &str = "this library, structs not declared";
const RMP: &str = "rmp-serde to and from memory";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let adder = ready()?;
    let mut findings = Findings::default();
    for comparison in [arguments(effort, &adder)?, results(effort, &adder)?] {
        let title = comparison.title.clone();
        let aim = Aim::at_most(title, 1.2, "the same bytes", comparison.ratio(DECLARED, &[BYTES]));
        findings.add(Findings::of(comparison, [aim]));
    }
    Ok(findings)
}

fn arguments(effort: Effort, adder: &AdderProxy) -> Outcome<Comparison> {
    let (colors, undeclared) = (vec![Color::default(); COUNT], vec![Undeclared::default(); COUNT]);
    let bytes = vec![0_u8; COUNT * size_of::<Color>()];
    let ours = |sum: u64| if sum == 0 { Ok(()) } else { Err("another sum came back".into()) };
    let mut contenders = vec![
        Contender::new(DECLARED, || ours(adder.colors(black_box(&colors)).wait()?)),
        Contender::new(BYTES, || ours(adder.bytes(black_box(&bytes)).wait()?)),
        Contender::new(UNDECLARED, || ours(adder.undeclared(black_box(&undeclared)).wait()?)),
        Contender::new(RMP, || pass(&undeclared)),
    ];
    compare("1,000,000 structs of 3 bytes as an argument", effort, &mut contenders)
}

fn results(effort: Effort, adder: &AdderProxy) -> Outcome<Comparison> {
    let ours = |count: usize, size: usize| if count * size == 3 * COUNT { Ok(()) } else { Err("some are lost".into()) };
    let undeclared = vec![Undeclared::default(); COUNT];
    let mut contenders = vec![
        Contender::new(DECLARED, || ours(black_box(adder.paint(COUNT).wait()?).len(), 3)),
        Contender::new(BYTES, || ours(black_box(adder.paint_bytes(3 * COUNT).wait()?).len(), 1)),
        Contender::new(UNDECLARED, || ours(black_box(adder.paint_undeclared(COUNT).wait()?).len(), 3)),
        Contender::new(RMP, || pass(&undeclared)),
    ];
    compare("1,000,000 structs of 3 bytes as a result", effort, &mut contenders)
}

/// Encodes and decodes them.
fn pass(colors: &[Undeclared]) -> Outcome {
    let packed = rmp_serde::to_vec(black_box(colors))?;
    black_box(rmp_serde::from_slice::<Vec<Undeclared>>(black_box(&packed))?);
    Ok(())
}
