//! Objects that are not `Send`, and outputs that are not.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default, unsafe_code)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, ThreadId};

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::{SOON, within};
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

static LOCK: Mutex<u32> = Mutex::new(40);

/// A value that must stay on its thread: counted references, a raw pointer, a held lock.
pub struct Bound {
    shared: Rc<Cell<u64>>,
    again: Rc<Cell<u64>>,
    raw: *mut u64,
    held: MutexGuard<'static, u32>,
    born_on: ThreadId,
    visits: RefCell<Vec<Rc<str>>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Local(Vec<u32>);

#[concurrent_object]
impl Bound {
    pub fn new(start: u64) -> Self {
        let shared = Rc::new(Cell::new(start));
        let held = LOCK.lock().expect("it is free");
        let raw = Box::into_raw(Box::new(start));
        Self { again: shared.clone(), shared, raw, held, born_on: thread::current().id(), visits: RefCell::default() }
    }

    pub fn add(&mut self, amount: u64) -> (u64, u64, u32) {
        self.shared.set(self.shared.get() + amount);
        // SAFETY: `raw` comes from `Box::into_raw` in `new` and is freed in `drop` only.
        unsafe { *self.raw += amount };
        *self.held += 1;
        // SAFETY: as above.
        let raw = unsafe { *self.raw };
        (self.again.get(), raw, *self.held)
    }

    pub fn visit(&self, name: &str) -> usize {
        self.visits.borrow_mut().push(name.into());
        self.visits.borrow().len()
    }

    pub fn is_at_home(&self) -> bool {
        self.born_on == thread::current().id()
    }

    pub fn local(&self) -> Local {
        Local(vec![self.shared.get() as u32; 1000])
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // SAFETY: `raw` comes from `Box::into_raw` in `new`, and is not used after this.
        drop(unsafe { Box::from_raw(self.raw) });
    }
}

#[test]
fn an_object_with_counted_references_raw_pointers_and_a_held_lock_works() {
    within(SOON, || {
        let bound = BoundProxy::builder("bound").start(1).expect("starts");
        assert_eq!(bound.add(1).wait().expect("added"), (2, 2, 41));
        assert_eq!(bound.add(2).wait().expect("added"), (4, 4, 42));
        assert_eq!((bound.visit("a").wait().expect("seen"), bound.visit("b").wait().expect("seen")), (1, 2));
        assert!(LOCK.try_lock().is_ok(), "the lock is the child's own");
        bound.terminate().expect("terminated");
    });
}

#[test]
fn constructor_and_methods_run_on_one_thread() {
    within(SOON, || {
        let bound = BoundProxy::builder("bound").start(1).expect("starts");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert!(bound.is_at_home().wait().expect("answered")));
            }
        });
    });
}

#[test]
fn the_proxy_of_such_an_object_is_send() {
    within(SOON, || {
        let bound = BoundProxy::builder("bound").start(7).expect("starts");
        let back = thread::spawn(move || {
            let local = bound.local().wait();
            (bound, local)
        });
        let (bound, local) = back.join().expect("alive");
        assert_eq!(local.expect("there"), Local(vec![7; 1000]));
        assert_eq!(bound.add(1).wait().expect("added"), (8, 8, 41));
    });
}
