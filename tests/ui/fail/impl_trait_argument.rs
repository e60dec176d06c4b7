use concurrent_object::concurrent_object;

pub trait Shape {}

impl Shape for u32 {}

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn draw(&self, shape: impl Shape + Send) {
        let _ = shape;
    }

    pub fn all(&self, shapes: impl IntoIterator<Item = (u32, impl Shape)>) -> usize {
        shapes.into_iter().count()
    }

    pub fn each(&self, items: &mut impl Iterator<Item = u8>) -> usize {
        items.count()
    }

    pub fn some(&self, items: impl IntoIterator) -> usize {
        items.into_iter().count()
    }

    pub fn pair(&self, (a, b): (u32, impl Shape)) {
        let _ = (a, b);
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    thing.draw(1_u32).wait().unwrap();
}
