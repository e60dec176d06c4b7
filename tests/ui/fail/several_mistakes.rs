use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub async fn load(&mut self, from: *const u8) {
        let _ = from;
    }

    pub fn kill(&self) {}

    pub fn fine(&self, value: u32) -> u32 {
        value
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: u32 = thing.fine(1).wait().unwrap();
}
