use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn later(&self) -> impl std::future::Future<Output = u32> {
        std::future::ready(7)
    }

    pub async fn load(&mut self, count: u32) -> u32 {
        count
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: u32 = thing.load(1).wait().unwrap();
}
