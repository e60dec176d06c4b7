use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn name(&self, name: &'static str) -> usize {
        name.len()
    }
}

fn main() {}
