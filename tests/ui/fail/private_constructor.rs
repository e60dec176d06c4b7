use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {
    let _ = Thing::new();
}
