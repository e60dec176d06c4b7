use std::sync::atomic::Ordering;

use concurrent_object::concurrent_object;

pub struct Own;

pub struct String;

pub struct Flag;

#[concurrent_object]
impl Flag {
    pub fn new() -> Self {
        Self
    }

    pub fn load(&self, order: Ordering) -> bool {
        let _ = order;
        true
    }

    pub fn both(&self) -> Vec<(std::cmp::Ordering, Own)> {
        Vec::new()
    }

    pub fn name(&self) -> Result<String, std::io::Error> {
        Ok(String)
    }

    pub fn rename(&mut self, name: String, more: &[String]) {
        let _ = (name, more);
    }

    pub fn put(&self, pair: (std::time::Instant, Option<Own>)) {
        let _ = pair;
    }
}

fn main() {}
