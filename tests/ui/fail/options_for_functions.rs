use concurrent_object::concurrent_object;

pub struct Table(Vec<u8>);

// Options on the impl block that none of its functions can have.
#[concurrent_object(copy, with(K = u8), result(Rows<'_> = impl Iterator<Item = u8>))]
impl Table {
    pub fn new() -> Self {
        Self(Vec::new())
    }

    pub fn put<T: Shape>(&mut self, value: T) {
        let _ = value;
    }

    pub fn take<T: Shape>(&mut self, value: T) {
        let _ = value;
    }

    pub fn rows(&self) -> Row<'_> {
        Row(&self.0)
    }
}

pub struct Row<'a>(&'a [u8]);

pub trait Shape {}

impl Shape for u8 {}

fn main() {}
