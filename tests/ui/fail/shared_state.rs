use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};

use concurrent_object::concurrent_object;

pub trait Policy {}

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

    pub fn policy(&self) -> Arc<dyn Policy> {
        unimplemented!()
    }

    pub fn set_policy(&self, policy: Rc<dyn Policy>) {
        let _ = policy;
    }

    pub fn call(&self, closure: Arc<dyn Fn()>) {
        closure();
    }
}

fn main() {}
