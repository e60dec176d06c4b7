//! `add(u64, u64)`, called and waited for, beside the two ways in which processes can tell each other something.

use std::error::Error;
use std::hint::black_box;
use std::thread;
use std::time::Duration;

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
        Contender::new("add(u64, u64).wait()", |repetitions| {
            for number in 0..u64::from(repetitions) {
                black_box(adder.add(number, 1).wait()?);
            }
            Ok(())
        }),
    ];
    compare("round trip of a small call", effort, 200_000, &mut contenders)?;
    let mut contenders = [
        Contender::new("limit: eventfd ping-pong", |repetitions| after_pauses(repetitions, |_| eventfd.run(1))),
        Contender::new("add(u64, u64).wait()", |repetitions| {
            after_pauses(repetitions, |number| {
                black_box(adder.add(number, 1).wait()?);
                Ok(())
            })
        }),
    ];
    compare("the same, each after a pause of 2 ms (pause included)", effort, 100, &mut contenders)
}

fn after_pauses(repetitions: u32, call: impl Fn(u64) -> Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    for number in 0..u64::from(repetitions) {
        thread::sleep(Duration::from_millis(2));
        call(number)?;
    }
    Ok(())
}
