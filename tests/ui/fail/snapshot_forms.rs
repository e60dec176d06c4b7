use concurrent_object::concurrent_object;

struct Wrong;

#[concurrent_object]
impl Wrong {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u8 {
        1
    }

    #[concurrent_object(snapshot)]
    fn given(self) -> u8 {
        1
    }

    #[concurrent_object(snapshot)]
    fn asks(&self, _how: u8) -> std::io::Result<u8> {
        Ok(1)
    }

    #[concurrent_object(snapshot)]
    fn silent(&self) {}

    #[concurrent_object(snapshot)]
    fn of_nobody() -> u8 {
        1
    }

    #[concurrent_object(restore)]
    fn of_itself(&self) -> Self {
        Self
    }

    #[concurrent_object(restore)]
    fn makes_nothing(_state: u8) -> u8 {
        1
    }

    #[concurrent_object(restore)]
    fn load(_state: u8) -> Self {
        Self
    }
}

fn main() {}
