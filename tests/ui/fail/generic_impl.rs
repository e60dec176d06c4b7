use concurrent_object::concurrent_object;

pub struct Grid<T>(T);

#[concurrent_object]
impl<T> Grid<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub fn get(&self) -> &T {
        &self.0
    }
}

fn main() {}
