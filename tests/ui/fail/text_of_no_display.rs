use concurrent_object::concurrent_object;

pub struct Thing;

pub struct Silent;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn check(&self) -> Result<(), Silent> {
        Err(Silent)
    }
}

fn main() {}
