use concurrent_object::concurrent_object;

#[concurrent_object]
pub struct Thing;

#[concurrent_object]
pub fn work() {}

fn main() {
    let _ = Thing;
    work();
}
