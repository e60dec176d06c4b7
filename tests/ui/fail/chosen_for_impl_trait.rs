use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(with(text = str))]
    pub fn change(&self, text: &mut (impl AsRef<str> + ?Sized)) {
        let _ = text.as_ref();
    }

    #[concurrent_object(with(count = u32))]
    pub fn count(&self, count: Option<&mut impl Clone>) {
        let _ = count.cloned();
    }

    #[concurrent_object(with(address = *const u8))]
    pub fn look(&self, address: impl Copy) {
        let _ = address;
    }

    #[concurrent_object(with(values = Vec<u8>, values = Vec<u16>, vaules = Vec<u32>))]
    pub fn sum(&self, values: impl Clone) {
        let _ = values;
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    thing.look(std::ptr::null()).wait().unwrap();
}
