use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn each<T, F: FnMut(T)>(&self, of: F) {
        drop(of);
    }

    pub fn all<F>(&self, of: Vec<Box<F>>) -> Option<F>
    where
        F: FnMut(u8) -> u8 + Send,
    {
        of.into_iter().map(|of| *of).next()
    }
}

fn main() {}
