use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub unsafe fn poke(&mut self, at: usize) {
        let _ = at;
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    thing.poke(1).wait().unwrap();
}
