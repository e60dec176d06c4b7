use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn leak(&'static self) -> u32 {
        0
    }

    pub fn typed(self: &'static Self) -> u32 {
        0
    }
}

fn main() {}
