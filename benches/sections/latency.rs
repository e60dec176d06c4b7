//! `add(u64, u64)`, called and waited for, beside the two limits and all peers.

use std::hint::black_box;

use super::{ICEORYX2_BUSY, peers};
use crate::limits::eventfd::Eventfd;
use crate::limits::spin::Spin;
use crate::measure::{Contender, Effort, compare};
use crate::object::{AdderProxy, ready};
use crate::outcome::Outcome;
use crate::report::{Aim, Findings};
use crate::titles::LATENCY;
use crate::work::Request;

pub(super) const OURS: &str = "this library";
pub(super) const REQUEST: Request = Request::Add(1, 2);

pub(super) fn measure(effort: Effort) -> Outcome<Findings> {
    let (spin, eventfd, adder) = (Spin::start()?, Eventfd::start()?, ready()?);
    let mut contenders = vec![spin.contender(), eventfd.contender(), ours(&adder)];
    contenders.extend(peers(&REQUEST));
    let comparison = compare(LATENCY, effort, &mut contenders)?;
    let aims = [
        Aim::at_most(LATENCY, 2.0, "the spin limit", comparison.ratio(OURS, &[Spin::NAME])),
        Aim::at_most(LATENCY, 0.25, "iceoryx2 busy", comparison.ratio(OURS, &[ICEORYX2_BUSY])),
    ];
    Ok(Findings::of(comparison, aims))
}

pub(super) fn ours(adder: &AdderProxy) -> Contender<'_> {
    let mut number = 0;
    Contender::new(OURS, move || {
        number += 1;
        black_box(adder.add(number, 1).wait()?);
        Ok(())
    })
}
