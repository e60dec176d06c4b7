use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object(error = "txt")]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(error = "text")]
    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: u32 = thing.get().wait().unwrap();
}
