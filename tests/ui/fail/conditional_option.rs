use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[cfg_attr(all(), concurrent_object(rename = first))]
    pub fn one(&self) -> u32 {
        1
    }
}

fn main() {}
