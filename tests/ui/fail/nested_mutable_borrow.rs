use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn swap(&self, both: (&mut u32, &mut u32)) {
        let _ = both;
    }

    pub fn perhaps(&self, buffer: Option<&mut Vec<u8>>) {
        let _ = buffer;
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    thing.perhaps(None).wait().unwrap();
}
