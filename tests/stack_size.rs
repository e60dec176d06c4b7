//! Objects with a stack size of their own.
#![allow(missing_docs, missing_debug_implementations, clippy::new_without_default)]

use std::hint::black_box;

use concurrent_object::{CallError, OnPanic, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

pub struct Deep {
    depth: u64,
}

#[concurrent_object]
impl Deep {
    /// Recurses to this depth.
    pub fn new(depth: u64) -> Self {
        Self { depth: recurse(depth) }
    }

    pub fn depth(&self) -> u64 {
        self.depth
    }

    pub fn recurse(&self, depth: u64) -> u64 {
        recurse(depth)
    }

    pub fn panic(&self) {
        panic!("on purpose")
    }

    pub fn thread(&self) -> String {
        std::thread::current().name().unwrap_or_default().to_owned()
    }
}

/// Needs more than a kilobyte of stack for each step.
fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 128]);
    if depth == 0 { 0 } else { 1 + recurse(black_box(frame)[17] - 1) }
}

/// A kilobyte each: more than any main thread's stack holds.
const DEPTH: u64 = 200 << 10;

#[test]
fn object_with_a_large_stack_recurses_deep_in_constructor_and_methods() {
    within(SOON, || {
        let deep = DeepProxy::builder("deep").stack_size("1 GiB").start(DEPTH).expect("starts");
        assert_eq!(deep.depth().wait().expect("constructed"), DEPTH);
        assert_eq!(deep.recurse(DEPTH).wait().expect("returned"), DEPTH);
        assert_eq!(deep.thread().wait().expect("answered"), "deep");
        deep.terminate().expect("it ends");
    });
}

#[test]
fn object_with_a_small_stack_dies_of_its_overflow() {
    within(SOON, || {
        let shallow = DeepProxy::builder("shallow").stack_size("256 KiB").start(0).expect("starts");
        assert_eq!(shallow.recurse(10).wait().expect("returned"), 10);
        assert!(matches!(shallow.recurse(1 << 10).wait(), Err(CallError::Died { .. })));
    });
}

#[test]
fn panics_on_a_separate_stack_are_reported_as_usual() {
    within(SOON, || {
        let builder = DeepProxy::builder("deep").stack_size(4 << 20);
        let deep = builder.clone().start(0).expect("starts");
        assert!(matches!(deep.panic().wait(), Err(CallError::Panicked { .. })));
        assert_eq!(deep.recurse(1).wait().expect("it still serves"), 1);
        let strict = builder.on_panic(OnPanic::Terminate).start(0).expect("starts");
        assert!(matches!(strict.panic().wait(), Err(CallError::Panicked { .. })));
        assert!(strict.depth().wait().is_err_and(|error| error.object_gone()));
    });
}
