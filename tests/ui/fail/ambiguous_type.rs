use std::io::Read;

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(with(I = Vec<u8>))]
    pub fn first<I: IntoIterator + Clone>(&self, items: I) -> Option<I::Item> {
        items.into_iter().next()
    }

    #[concurrent_object(with(R = std::fs::File))]
    pub fn rest<R: Read>(&self, length: u32) -> u32 {
        length
    }
}

fn main() {}
