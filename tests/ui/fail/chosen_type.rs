use std::path::{Path, PathBuf};

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    #[concurrent_object(with(Q = PathBuf, P = PathBuf, P = String))]
    pub fn new<P: AsRef<Path>>(path: P) -> Self {
        let _ = path.as_ref();
        Self
    }

    #[concurrent_object(with(T = u32))]
    pub fn get(&self) -> u32 {
        0
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start(PathBuf::new()).unwrap();
    let _: u32 = thing.get().wait().unwrap();
}
