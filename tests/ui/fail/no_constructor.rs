use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {}
