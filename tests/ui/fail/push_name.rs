use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn item(&self) -> u32 {
        0
    }

    pub fn push_item(&mut self, item: u32) {
        let _ = item;
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _ = thing.push_item();
}
