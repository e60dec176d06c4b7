//! `sum(&[f64])` of large arrays, beside one copy and one sum in one process.

use std::error::Error;
use std::hint::black_box;

use crate::measure::{Contender, Effort, compare};
use crate::object::{AdderProxy, sum};

const MIB: usize = 1 << 20;

pub(crate) fn measure(effort: Effort) -> Result<(), Box<dyn Error>> {
    let adder = AdderProxy::builder("adder").start()?;
    adder.wait_until_ready()?;
    for size in [1, 8, 64] {
        let values: Vec<f64> = (0..size * MIB / size_of::<f64>()).map(|number| number as f64).collect();
        let mut copy = values.clone();
        let mut contenders = [
            Contender::new("limit: copy and sum in one process", |repetitions| {
                for _ in 0..repetitions {
                    copy.copy_from_slice(black_box(&values));
                    black_box(sum(black_box(&copy)));
                }
                Ok(())
            }),
            Contender::new("sum(&[f64]).wait()", |repetitions| {
                for _ in 0..repetitions {
                    black_box(adder.sum(black_box(&values)).wait()?);
                }
                Ok(())
            }),
        ];
        compare(&format!("sum of {size} MiB"), effort, 400 / size as u32 + 4, &mut contenders)?;
    }
    Ok(())
}
