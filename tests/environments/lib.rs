//! A small program that uses an object in each way that depends on its environment.

pub mod checks;
pub mod worker;

/// Makes this program able to start objects. It is in the same library as the object, so that both
/// are in one dynamic library if this is one.
pub fn init() {
    concurrent_object::init();
}
