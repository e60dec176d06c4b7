use std::fmt::Display;

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn shown(&self) -> impl Display + use<> {
        1
    }

    pub fn pointers(&self) -> impl Iterator<Item = *const u8> {
        std::iter::empty()
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _ = thing.shown();
}
