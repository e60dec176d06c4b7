//! `add(u64, u64)`, called and waited for, beside the two ways in which processes can tell each other something.

use std::error::Error;
use std::hint::black_box;

use crate::limits::{EventfdPartner, SpinPartner};
use crate::measure::{Contender, Effort, compare};
use crate::object::AdderProxy;

pub(crate) fn measure(effort: Effort) -> Result<(), Box<dyn Error>> {
    let adder = AdderProxy::builder("adder").start()?;
    adder.wait_until_ready()?;
    let spin = SpinPartner::start()?;
    let eventfd = EventfdPartner::start()?;
    let mut contenders = [
        Contender::new("limit: two processes spinning on one word", |repetitions| spin.run(repetitions)),
        Contender::new("limit: eventfd ping-pong", |repetitions| eventfd.run((repetitions / 10).max(1))).of(10),
        Contender::new("add(u64, u64).wait()", |repetitions| {
            for number in 0..u64::from(repetitions) {
                black_box(adder.add(number, 1).wait()?);
            }
            Ok(())
        }),
    ];
    compare("round trip of a small call", effort, 200_000, &mut contenders)
}
