//! A user's `Serialize`, `Deserialize` and `Drop` may panic, or call the proxy themselves, without
//! harm.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use concurrent_object::{CallError, CallId, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

concurrent_object::init_before_main!();

/// Panics half-way when it is written, after a list that occupies a slot.
#[derive(Serialize, Deserialize)]
pub struct Bomb {
    pixels: Vec<u8>,
    #[serde(serialize_with = "explode")]
    fuse: bool,
}

fn explode<S: Serializer>(fuse: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    assert!(!*fuse, "exploded");
    serializer.serialize_bool(*fuse)
}

/// Panics when it is read.
#[derive(Debug, Serialize)]
pub struct Mine(u8);

impl<'de> Deserialize<'de> for Mine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let depth = u8::deserialize(deserializer)?;
        assert_ne!(depth, 0, "stepped on");
        Ok(Self(depth))
    }
}

thread_local!(static TALKER: OnceLock<Arc<KeeperProxy>> = const { OnceLock::new() });
thread_local!(static TALKS: Cell<u32> = const { Cell::new(0) });

/// Calls the proxy while it is written: it pushes, and waits.
#[derive(Deserialize)]
pub struct Chatty(u32);

impl Serialize for Chatty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keeper = TALKER.with(|talker| talker.get().cloned());
        if let Some(keeper) = keeper.filter(|_| self.0 > 0) {
            let inner = Chatty(self.0 - 1);
            let outcome = keeper.chat(&inner, &[7; 5000]).wait().map_err(serde::ser::Error::custom)?;
            assert_eq!(outcome, (self.0 - 1, 5000));
            if keeper.push_size(&[1; 300]).is_ok() {
                assert!(matches!(keeper.wait_pull(), Ok(Some(KeeperOutput::Size(300)))));
            }
            drop(keeper.size(&[]));
            TALKS.set(TALKS.get() + 1);
        }
        serializer.serialize_u32(self.0)
    }
}

pub struct Keeper;

#[concurrent_object]
impl Keeper {
    pub fn new() -> Self {
        Self
    }

    pub fn size(&self, bytes: &[u8]) -> usize {
        bytes.len()
    }

    pub fn keep(&self, bomb: Bomb) -> usize {
        bomb.pixels.len()
    }

    pub fn build(&self, fuse: bool) -> Bomb {
        Bomb { pixels: vec![3; 10_000], fuse }
    }

    pub fn mine(&self, depth: u8) -> Mine {
        Mine(depth)
    }

    pub fn step(&self, mine: Mine) -> u8 {
        mine.0
    }

    pub fn late(&self, bytes: &[u8], chatty: &Chatty) -> (u32, usize) {
        (chatty.0, bytes.len())
    }

    pub fn chat(&self, chatty: &Chatty, bytes: &[u8]) -> (u32, usize) {
        (chatty.0, bytes.len())
    }
}

fn start(slots: usize) -> KeeperProxy {
    KeeperProxy::builder("keeper").slots(slots).start().expect("starts")
}

fn bomb(fuse: bool) -> Bomb {
    Bomb { pixels: vec![1; 10_000], fuse }
}

fn panics<T>(body: impl FnOnce() -> T) {
    assert!(catch_unwind(AssertUnwindSafe(body)).is_err(), "it should have panicked");
}

#[test]
fn arguments_that_panic_when_written_leak_no_slot() {
    within(SOON, || {
        let keeper = start(2);
        for _ in 0..20 {
            panics(|| keeper.keep(bomb(true)));
            panics(|| keeper.push_keep(bomb(true)));
        }
        let statistics = keeper.handle().statistics();
        assert_eq!((statistics.accepted, statistics.outstanding, statistics.unpulled), (0, 0, 0));
        keeper.push_keep(bomb(false)).expect("a slot is free");
        keeper.push_keep(bomb(false)).expect("and another");
        assert!(matches!(keeper.wait_pull(), Ok(Some(KeeperOutput::Keep(10_000)))));
        assert_eq!(keeper.keep(bomb(false)).wait().expect("kept"), 10_000);
    });
}

#[test]
fn a_result_that_panics_when_written_is_a_panic_of_that_call() {
    within(SOON, || {
        let keeper = start(2);
        for _ in 0..5 {
            let error = keeper.build(true).wait().map(|_| ()).expect_err("it explodes");
            let CallError::Panicked { panic, .. } = &error else { panic!("another error: {error:?}") };
            assert_eq!((panic.message.contains("exploded"), error.method()), (true, Some("build")), "{panic:?}");
        }
        assert_eq!(keeper.build(false).wait().expect("built").pixels, [3; 10_000]);
    });
}

#[test]
fn a_result_that_panics_when_read_affects_no_other_outcome() {
    within(SOON, || {
        let keeper = start(2);
        for _ in 0..20 {
            panics(|| keeper.mine(0).wait());
            keeper.push_mine(0).expect("pushed");
            panics(|| keeper.wait_pull());
        }
        assert_eq!(keeper.mine(4).wait().expect("read").0, 4);
        assert_eq!(keeper.handle().statistics().unpulled, 0);
    });
}

#[test]
fn an_argument_that_panics_when_read_is_a_panic_of_that_call() {
    within(SOON, || {
        let keeper = start(2);
        let error = keeper.step(Mine(0)).wait().expect_err("stepped on");
        assert!(
            matches!(&error, CallError::Panicked { panic, .. } if panic.message.contains("stepped on")),
            "{error:?}"
        );
        assert_eq!(keeper.step(Mine(1)).wait().expect("the object still serves"), 1);
    });
}

#[test]
fn an_argument_may_call_the_proxy_while_it_is_written() {
    within(SOON, || {
        for slots in [1, 2, 16] {
            let keeper = Arc::new(start(slots));
            let talker = keeper.clone();
            std::thread::spawn(move || {
                TALKER.with(|own| own.set(talker).expect("set once"));
                let outcome = keeper.chat(&Chatty(3), &[9; 70_000]).wait().expect("chatted");
                assert_eq!((outcome, TALKS.get()), ((3, 70_000), 3));
                assert_eq!(keeper.handle().statistics().accepted, keeper.size(&[]).id().map_or(0, CallId::get) - 1);
            })
            .join()
            .expect("it does not hang and does not panic");
        }
    });
}

/// The list comes first and occupies the only slot. The next argument then calls the proxy, which
/// has no free slot.
#[test]
fn an_argument_may_call_the_proxy_while_it_holds_the_only_slot() {
    within(SOON, || {
        let keeper = Arc::new(start(1));
        let talker = keeper.clone();
        std::thread::spawn(move || {
            TALKER.with(|own| own.set(talker).expect("set once"));
            let outcome = keeper.late(&[5; 70_000], &Chatty(1)).wait();
            assert_eq!(outcome.expect("chatted"), (1, 70_000));
        })
        .join()
        .expect("it does not hang and does not panic");
    });
}

#[test]
fn a_proxy_in_thread_local_storage_may_be_dropped_when_its_thread_exits() {
    within(SOON, || {
        for _ in 0..5 {
            let thread = std::thread::spawn(|| {
                let keeper = Arc::new(KeeperProxy::builder("keeper").start().expect("starts"));
                TALKER.with(|talker| assert!(talker.set(keeper.clone()).is_ok(), "it is not set yet"));
                // This thread traces what happens to the object, before and while its thread-local
                // storage is destroyed.
                keeper.wait_until_ready().expect("ready");
                assert_eq!(keeper.size(&[7; 9]).wait().expect("served"), 9);
                keeper.handle().clone()
            });
            let handle = thread.join().expect("no panic");
            assert_eq!(handle.state(), concurrent_object::State::Ended);
        }
    });
}
