use concurrent_object::concurrent_object;

pub struct Thing;

impl Thing {
    fn count() -> u32 {
        0
    }
}

#[concurrent_object(constructor = fn count() -> u32)]
impl Thing {
    pub fn get(&self) -> u32 {
        0
    }
}

#[derive(Default)]
pub struct Other;

#[concurrent_object(constructor = Default::default)]
impl Other {
    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {
    let _ = Thing::count();
}
