use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn fill(&self, buffer: &mut [u8]) -> usize {
        buffer.len()
    }

    pub fn swap(&self, both: (&mut u32, &mut u32)) {
        let _ = both;
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: usize = thing.fill(&mut [0]).wait().unwrap();
}
