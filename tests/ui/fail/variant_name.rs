use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn get_x(&self) -> u32 {
        0
    }

    #[allow(non_snake_case)]
    pub fn getX(&self) -> u32 {
        0
    }
}

fn main() {}
