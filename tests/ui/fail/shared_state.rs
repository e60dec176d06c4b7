use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};

use concurrent_object::concurrent_object;

pub struct Counter;

#[concurrent_object]
impl Counter {
    pub fn new(total: Arc<Mutex<u32>>) -> Self {
        let _ = total;
        Self
    }

    pub fn cell(&self) -> Rc<RefCell<String>> {
        Rc::default()
    }

    pub fn add(&self, flags: Vec<Arc<AtomicU32>>) {
        let _ = flags;
    }
}

fn main() {}
