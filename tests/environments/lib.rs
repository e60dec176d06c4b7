//! A small program that uses an object in each way that asks something else of its surroundings.

pub mod checks;
pub mod worker;

/// Makes this program able to start objects. Called here, where the object is, so that both are in one library if this is one.
pub fn init() {
    concurrent_object::init();
}
