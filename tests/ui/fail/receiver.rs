use std::pin::Pin;
use std::rc::Rc;

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn shared(self: Rc<Self>) -> u32 {
        0
    }

    pub fn pinned(self: Pin<&mut Self>) -> u32 {
        0
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: u32 = thing.shared().wait().unwrap();
}
