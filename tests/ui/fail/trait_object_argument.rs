use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn show(&self, value: &dyn ToString) -> String {
        value.to_string()
    }
}

fn main() {}
