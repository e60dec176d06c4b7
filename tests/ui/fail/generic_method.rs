use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn show<T: ToString, const N: usize>(&self, value: T) -> String {
        value.to_string()
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _ = thing.show::<u32, 3>(1);
}
