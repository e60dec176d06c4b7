use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn each<F: FnMut(u8) -> bool>(&self, mut of: F) -> bool {
        of(1)
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let limit = 7;
    let _ = thing.each(|value| value < limit);
}
