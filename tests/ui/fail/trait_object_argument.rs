use concurrent_object::concurrent_object;

pub trait Shape {
    fn name(&self) -> String;
}

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn show(&self, value: &dyn Shape) -> String {
        value.name()
    }
}

fn main() {}
