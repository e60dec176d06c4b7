use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn read(&self, from: *const u8, others: Vec<*mut u8>) -> u8 {
        let _ = (from, others);
        0
    }

    pub fn address(&self) -> Option<*const u8> {
        None
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _ = thing.push_read(std::ptr::null(), Vec::new());
}
