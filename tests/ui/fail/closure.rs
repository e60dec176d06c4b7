use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn each(&self, work: impl Fn(u32) -> u32) -> u32 {
        work(1)
    }

    pub fn all(&self, work: Box<dyn FnMut(u32)>) {
        let _ = work;
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _ = thing.each(|x| x).wait();
}
