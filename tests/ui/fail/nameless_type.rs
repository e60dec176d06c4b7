use concurrent_object::concurrent_object;

pub trait Shape {}

#[concurrent_object]
impl dyn Shape {
    pub fn new() -> u32 {
        0
    }
}

fn main() {}
