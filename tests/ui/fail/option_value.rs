use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(skip = false)]
    pub fn one(&self) -> u32 {
        1
    }

    #[concurrent_object(idempotent(never))]
    pub fn two(&self) -> u32 {
        2
    }
}

fn main() {}
