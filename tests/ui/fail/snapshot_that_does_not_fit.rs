use std::path::Path;

use concurrent_object::concurrent_object;

struct Book;

#[concurrent_object]
impl Book {
    pub fn new(_title: &str) -> Self {
        Self
    }

    pub fn open(_path: &Path) -> Self {
        Self
    }

    pub fn get(&self) -> u8 {
        1
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    #[concurrent_object(restore)]
    fn load(_state: &[u8], _title: &str) -> Self {
        Self
    }

    #[concurrent_object(restore)]
    fn load_too(_state: Vec<u8>, _title: &str) -> Self {
        Self
    }

    #[concurrent_object(restore)]
    fn load_nothing() -> Self {
        Self
    }
}

fn main() {}
