//! A struct with nested arrays, as an argument and as a result. Beside the copies (into a flat
//! buffer, and out of it into separate arrays), and beside plain `rmp-serde`.

use std::hint::black_box;

use super::peers;
use crate::comparison::Comparison;
use crate::measure::{Contender, Effort, compare};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};
use crate::work::{FRAME, Flat, Frame, Request};

const OURS: &str = "this library";
const COPIES: &str = "limit: the copies in one process";
const RMP: &str = "rmp-serde to and from memory";

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let adder = ready()?;
    let frame = Frame::of(FRAME);
    let argument =
        compare_with(effort, "a frame of 16 MiB as an argument", &frame, &Request::Look(frame.clone()), || {
            black_box(adder.look(black_box(&frame)).wait()?);
            Ok(())
        })?;
    let result =
        compare_with(effort, "a frame of 16 MiB as a result", &frame, &Request::Show, || check(&adder, &frame))?;
    let mut findings = Findings::default();
    for comparison in [argument, result] {
        let title = comparison.title.clone();
        let aim = Aim::at_most(title, 1.5, "the copies", comparison.ratio(OURS, &[COPIES]));
        findings.add(Findings::of(comparison, [aim]));
    }
    Ok(findings)
}

fn check(adder: &AdderProxy, frame: &Frame) -> Outcome {
    let shown = black_box(adder.show().wait()?);
    if shown.look() == frame.look() { Ok(()) } else { Err("another frame came back".into()) }
}

fn compare_with<'f>(
    effort: Effort,
    title: &str,
    frame: &'f Frame,
    request: &'f Request,
    ours: impl FnMut() -> Outcome + 'f,
) -> Outcome<Comparison> {
    let mut flat = Flat::default();
    let copies = move || {
        black_box(flat.pass(black_box(frame)));
        Ok(())
    };
    let mut packed = Vec::new();
    let rmp = move || {
        packed.clear();
        rmp_serde::encode::write(&mut packed, black_box(frame))?;
        black_box(rmp_serde::from_slice::<Frame>(black_box(&packed))?);
        Ok(())
    };
    let mut contenders = vec![Contender::new(COPIES, copies), Contender::new(OURS, ours), Contender::new(RMP, rmp)];
    contenders.extend(peers(request));
    compare(title, effort, &mut contenders)
}
