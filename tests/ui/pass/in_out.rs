//! `&mut` arguments, one or several, beside others.
#![deny(warnings)]

use concurrent_object::{CallMut, concurrent_object};

pub struct Filter;

#[concurrent_object]
impl Filter {
    pub fn new() -> Self {
        Self
    }

    pub fn blur(&self, pixels: &mut [u8], radius: u32) -> usize {
        pixels.len() + radius as usize
    }

    pub fn both<'a>(&mut self, left: &'a mut Vec<f32>, right: &mut String, gain: &f32) -> Option<&'a f32> {
        right.clear();
        left.push(*gain);
        left.first()
    }

    pub fn pattern(&self, (_, _): (u8, u8), total: &mut u64) {
        *total += 1;
    }
}

pub fn lives_as_long<'a>(filter: &FilterProxy, pixels: &'a mut [u8]) -> CallMut<'a, usize> {
    filter.blur(pixels, 3)
}

pub fn several(filter: &FilterProxy) -> Option<f32> {
    let (mut left, mut right) = (Vec::new(), String::new());
    let first = filter.both(&mut left, &mut right, &0.5).wait().ok().flatten();
    left.first().copied().or(first)
}

fn main() {
    assert!(FilterProxy::builder("filter").start().is_err());
    let _: Option<FilterOutput> = None;
}
