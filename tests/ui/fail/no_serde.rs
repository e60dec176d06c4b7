use concurrent_object::concurrent_object;

pub struct Thing;

pub struct Parcel;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    pub fn put(&mut self, parcel: Parcel, more: &[Parcel]) {
        let _ = (parcel, more);
    }

    pub fn get(&self) -> Vec<Parcel> {
        Vec::new()
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: Vec<Parcel> = thing.get().wait().unwrap();
}
