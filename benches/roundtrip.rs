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
        Contender::new("add(u64, u64).wait()", |repetitions| {
            for number in 0..u64::from(repetitions) {
                black_box(adder.add(number, 1).wait()?);
            }
            Ok(())
        }),
    ];
    compare("round trip of a small call", effort, 200_000, &mut contenders)?;
    let mut contenders = [
        Contender::new("limit: eventfd ping-pong", |repetitions| eventfd.run(repetitions)),
        Contender::new("add(u64, u64).wait()", |repetitions| {
            for number in 0..u64::from(repetitions) {
                std::thread::sleep(std::time::Duration::from_millis(2));
                black_box(adder.add(number, 1).wait()?);
            }
            Ok(())
        }),
    ];
    contenders[0].run = Box::new(|repetitions| {
        for _ in 0..repetitions {
            std::thread::sleep(std::time::Duration::from_millis(2));
            eventfd.run(1)?;
        }
        Ok(())
    });
    compare("the same, each after a pause of 2 ms (pause included)", effort, 100, &mut contenders)
}
