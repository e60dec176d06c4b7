use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn finish(self) -> u32 {
        0
    }

    pub fn boxed(self: Box<Self>) -> u32 {
        0
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: u32 = thing.finish().wait().unwrap();
}
