use std::borrow::Cow;

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn next<'a>(&self, rest: &mut &'a str, cow: &mut Cow<'a, str>) -> u32 {
        let _ = (rest, cow);
        0
    }

    pub fn words<'a>(&self, words: &mut [&'a str]) {
        let _ = words;
    }
}

fn main() {}
