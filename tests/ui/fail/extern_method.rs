use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub extern "C" fn callback(&self, code: i32) -> i32 {
        code
    }
}

fn main() {}
