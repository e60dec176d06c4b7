use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn run(&self) -> ! {
        std::process::exit(0)
    }
}

fn main() {}
