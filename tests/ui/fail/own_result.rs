use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Result<T>(pub T);

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> Result<u32> {
        Result(0)
    }
}

fn main() {}
