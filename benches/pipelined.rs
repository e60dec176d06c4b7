//! Small calls one after the other without waiting for each.

use std::error::Error;
use std::hint::black_box;

use crate::measure::{Contender, Effort, compare};
use crate::object::AdderProxy;

pub(crate) fn measure(effort: Effort) -> Result<(), Box<dyn Error>> {
    let adder = AdderProxy::builder("adder").slots(64).start()?;
    adder.wait_until_ready()?;
    let mut contenders = [
        Contender::new("add(u64, u64), called and waited for", |repetitions| {
            for number in 0..u64::from(repetitions) {
                black_box(adder.add(number, 1).wait()?);
            }
            Ok(())
        }),
        Contender::new("push_add and pull, up to 64 under way", |repetitions| pipeline(&adder, repetitions)),
    ];
    compare("pipelined small calls (time per call)", effort, 200_000, &mut contenders)
}

fn pipeline(adder: &AdderProxy, repetitions: u32) -> Result<(), Box<dyn Error>> {
    let (mut pushed, mut pulled) = (0, 0);
    while pulled < repetitions {
        while pushed < repetitions && pushed - pulled < 64 {
            adder.push_add(pushed.into(), 1)?;
            pushed += 1;
        }
        black_box(adder.wait_pull()?.ok_or("a pushed call has an outcome")?);
        pulled += 1;
        while let Some(output) = adder.pull()? {
            black_box(output);
            pulled += 1;
        }
    }
    Ok(())
}
