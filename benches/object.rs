//! The object that is called.

use concurrent_object::concurrent_object;

/// Does next to nothing, so that what is measured is the call.
#[derive(Debug)]
pub(crate) struct Adder;

#[concurrent_object]
impl Adder {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn add(&self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }

    pub(crate) fn sum(&self, values: &[f64]) -> f64 {
        sum(values)
    }
}

/// The sum, in several lanes so that memory and not the adder is the limit.
pub(crate) fn sum(values: &[f64]) -> f64 {
    let (chunks, rest) = values.as_chunks::<16>();
    let mut lanes = [0.0; 16];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}
