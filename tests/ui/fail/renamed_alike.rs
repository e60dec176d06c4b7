use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(rename = new)]
    pub fn open(path: &str) -> Self {
        let _ = path;
        Self
    }

    pub fn get(&self) -> u32 {
        0
    }

    #[concurrent_object(rename = get)]
    pub fn fetch(&self) -> u32 {
        0
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start().unwrap();
    let _: u32 = thing.get().wait().unwrap();
}
