//! Only the call of a method without `&mut` arguments has a progress.

use concurrent_object::{Progress, concurrent_object};

struct Worker;

#[concurrent_object]
impl Worker {
    pub fn new(progress: &Progress<u32>) -> Self {
        progress.set(1);
        Self
    }

    pub fn make() -> Self {
        Self
    }

    pub fn twice(&self, one: &Progress<u32>, other: &Progress<u32>) {
        one.set(1);
        other.set(2);
    }

    pub fn borrowed(&self, progress: &Progress<&'static str>) {
        progress.set("begun");
    }

    pub fn changing(&self, list: &mut Vec<u32>, progress: &Progress<u32>) {
        progress.set(1);
        list.push(1);
    }

    pub fn sound(&self, progress: &Progress<(u32, String)>) {
        progress.set((1, "begun".to_owned()));
    }
}

fn main() {}
