use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn each<F: FnMut(u8)>(&self, mut of: F) {
        of(1);
    }

    pub fn all<F>(&self, mut of: F)
    where
        F: FnMut(u8) -> u8 + Send,
    {
        of(1);
    }

    #[concurrent_object(with(F = fn(u8)))]
    pub fn chosen<F: Copy>(&self, of: F) {
        let _ = of;
    }
}

fn main() {}
