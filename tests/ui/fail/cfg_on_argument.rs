use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn add(&self, a: u32, #[cfg(all())] b: u32) -> u32 {
        a + b
    }
}

fn main() {}
