use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        0..3
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _ = thing.numbers();
}
