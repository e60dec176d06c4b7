use concurrent_object::concurrent_object;

struct Saves;

#[concurrent_object]
impl Saves {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u8 {
        1
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> u8 {
        1
    }
}

struct Restores;

#[concurrent_object]
impl Restores {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u8 {
        1
    }

    #[concurrent_object(restore)]
    fn load(_state: u8) -> Self {
        Self
    }
}

fn main() {}
