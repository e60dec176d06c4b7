use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn chosen(&self) -> fn(u32) -> u32 {
        |value| value
    }

    pub fn replace(&self, work: &mut fn(u32) -> u32) {
        *work = |value| value + 1;
    }
}

fn main() {}
