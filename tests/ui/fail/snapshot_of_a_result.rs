use concurrent_object::concurrent_object;

struct Book;

#[concurrent_object(error = "text")]
impl Book {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u8 {
        1
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> std::io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    #[concurrent_object(restore)]
    fn load(_state: std::io::Result<Vec<u8>>) -> Self {
        Self
    }
}

fn main() {}
