//! Values that need more stack than a thread has. The caller gets an error, and both processes
//! survive.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::thread;

use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

const LEVELS: usize = 60;
/// The largest stack frame that one level of a value needs in this test.
const FRAME: usize = 16 << 10;

/// A small value whose `Serialize` and `Deserialize` have large stack frames.
pub struct Hungry(Option<Box<Hungry>>);

impl Serialize for Hungry {
    #[inline(never)]
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let frame = std::hint::black_box([1_u8; FRAME]);
        let done = (&self.0, frame[100]).serialize(serializer);
        std::hint::black_box(frame);
        done
    }
}

impl<'de> Deserialize<'de> for Hungry {
    #[inline(never)]
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let frame = std::hint::black_box([1_u8; FRAME]);
        let done = <(Option<Box<Self>>, u8)>::deserialize(deserializer).map(|(below, _)| Self(below));
        std::hint::black_box(frame);
        done
    }
}

fn hungry(levels: usize) -> Hungry {
    (0..levels).fold(Hungry(None), |below, _| Hungry(Some(Box::new(below))))
}

fn depth(mut value: &Hungry) -> usize {
    let mut depth = 0;
    while let Some(below) = &value.0 {
        (value, depth) = (below, depth + 1);
    }
    depth
}

/// 16 KiB, in arrays that serde supports.
type Large = [[[u8; 32]; 32]; 16];

/// A large type. Most of it is absent in a message.
#[derive(Serialize, Deserialize, Default)]
pub struct Fat {
    beside: Option<Inline>,
    below: Option<Box<Fat>>,
}

#[derive(Serialize, Deserialize)]
pub struct Inline(Large);

pub struct Digger {
    levels: usize,
}

#[concurrent_object]
impl Digger {
    pub fn new() -> Self {
        Self { levels: 0 }
    }

    pub fn open(value: Hungry) -> Self {
        Self { levels: depth(&value) }
    }

    pub fn levels(&self) -> usize {
        self.levels
    }

    pub fn make(&self, levels: usize) -> Hungry {
        hungry(levels)
    }

    pub fn take(&self, value: &Hungry) -> usize {
        depth(value)
    }

    pub fn fat(&self, levels: usize) -> Option<Box<Fat>> {
        (0..levels).fold(None, |below, _| Some(Box::new(Fat { below, ..Fat::default() })))
    }

    pub fn pid(&self) -> u32 {
        std::process::id()
    }
}

fn start() -> DiggerProxy {
    DiggerProxy::builder("digger").start().expect("a child starts")
}

fn on_a_stack<T: Send + 'static>(size: usize, body: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = thread::Builder::new().stack_size(size).spawn(body).expect("a thread");
    thread.join().expect("no panic")
}

/// Whether the value arrived, or was refused because the stack is too small.
#[track_caller]
fn came<T>(outcome: Result<T, CallError>) -> Result<T, String> {
    match outcome {
        Ok(value) => Ok(value),
        Err(CallError::Decode { reason, .. } | CallError::Encode { reason, .. }) => {
            assert!(reason.contains("more stack than the thread has left"), "{reason}");
            Err(reason)
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_deep_result_is_an_error_on_a_small_stack_and_arrives_on_a_large_one() {
    within(SOON, || {
        for (size, fits) in [(256 << 10, Some(false)), (2 << 20, None), (64 << 20, Some(true))] {
            on_a_stack(size, move || {
                let digger = start();
                let result = came(digger.make(LEVELS).wait()).map(|value| depth(&value));
                assert!(fits.is_none_or(|fits| result.is_ok() == fits), "{size}: {result:?}");
                let fat = came(digger.fat(LEVELS).wait());
                assert!(fits.is_none_or(|fits| fat.is_ok() == fits), "{size}");
                // Parent and child still work, and small values arrive.
                assert_eq!(came(digger.make(0).wait()).map(|value| depth(&value)), Ok(0));
                assert!(digger.pid().wait().is_ok());
            });
        }
    });
}

#[test]
fn a_deep_argument_is_an_error_on_a_small_stack() {
    within(SOON, || {
        let refused = on_a_stack(256 << 10, || came(start().take(&hungry(LEVELS)).wait()).is_err());
        assert!(refused);
        let taken = on_a_stack(64 << 20, || came(start().take(&hungry(LEVELS)).wait()));
        assert_eq!(taken, Ok(LEVELS));
    });
}

#[test]
fn a_value_too_deep_for_the_childs_stack_is_an_error() {
    within(SOON, || {
        on_a_stack(256 << 20, || {
            // So many levels need more than the eight megabytes of a main thread's stack. They
            // arrive only if the stack is unlimited.
            let digger = start();
            let result = came(digger.make(DEEPEST).wait()).map(|value| depth(&value));
            assert!(result.as_ref().map_or(true, |&levels| levels == DEEPEST), "{result:?}");
            assert!(digger.pid().wait().is_ok());
        });
    });
}

/// The deepest value: each level is a tuple with an option in it.
const DEEPEST: usize = 127;

#[test]
fn a_deep_argument_of_a_constructor_is_read_or_refused() {
    within(SOON, || {
        on_a_stack(64 << 20, || {
            let digger = DiggerProxy::builder("digger").start_open(hungry(LEVELS)).expect("a child starts");
            assert_eq!(digger.levels().wait().expect("alive"), LEVELS);
        });
        on_a_stack(256 << 10, || {
            let error = DiggerProxy::builder("digger").start_open(hungry(LEVELS)).expect_err("too deep");
            assert!(error.to_string().contains("more stack"), "{error}");
        });
    });
}
