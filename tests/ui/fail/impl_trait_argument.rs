use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn show(&self, value: impl ToString) -> String {
        value.to_string()
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: String = thing.show(1).wait().unwrap();
}
