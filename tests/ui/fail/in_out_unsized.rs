use std::fmt::Debug;

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn shout(&self, text: &mut str, any: &mut dyn Debug) {
        text.make_ascii_uppercase();
        let _ = any;
    }
}

fn main() {}
