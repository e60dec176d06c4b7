use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn each(&self, work: fn(u32) -> u32) -> u32 {
        work(1)
    }
}

fn main() {}
