use concurrent_object::concurrent_object;

#[concurrent_object]
pub struct Thing;

#[concurrent_object]
pub fn work() {}

#[concurrent_object]
pub trait Detect {
    fn detect(&self) -> u32;
}

fn main() {
    let _ = Thing;
    work();
}
