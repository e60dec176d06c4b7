//! Rules that hold for the whole API: the number of pushes in flight, re-entrant calls, handles,
//! and names of methods.
#![allow(missing_debug_implementations, clippy::new_without_default)]

use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::time::Duration;

use concurrent_object::{PushErrorKind, State, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};
use serde::{Deserialize, Serialize, Serializer};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

concurrent_object::init_before_main!();

/// A list that is written straight into a slot, followed by a value that makes pushes while it is
/// written.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pushing {
    list: Vec<u64>,
    #[serde(serialize_with = "push_until_full")]
    pushes: (),
}

thread_local!(static PUSHED_TO: RefCell<Weak<KeeperProxy>> = const { RefCell::new(Weak::new()) });

fn push_until_full<S: Serializer>(_: &(), serializer: S) -> Result<S::Ok, S::Error> {
    let keeper = PUSHED_TO.with(|keeper| keeper.borrow().upgrade()).expect("it lives while it is pushed to");
    wait_for("nothing more can be pushed", || {
        let refused = keeper.push_keep(1).err();
        refused.is_some_and(|refused| refused.is_full() && keeper.handle().statistics().outstanding == 0)
    });
    serializer.serialize_unit()
}

pub struct Keeper;

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Keeper {
    pub fn new() -> Self {
        Self
    }

    pub fn keep(&self, n: u32) -> u32 {
        n
    }

    pub fn keep_all(&self, pushing: Pushing) -> usize {
        pushing.list.len()
    }
}

#[test]
fn push_whose_serialize_makes_pushes_does_not_exceed_the_slots() {
    for slots in [1, 2, 4] {
        within(SOON, move || {
            let keeper = Arc::new(KeeperProxy::builder("keeper").slots(slots).start().expect("starts"));
            PUSHED_TO.set(Arc::downgrade(&keeper));
            let outcome = keeper.push_keep_all(Pushing { list: vec![7; 100], pushes: () });
            let unpulled = keeper.handle().statistics().unpulled;
            assert!(unpulled <= slots, "{unpulled} pushes on {slots} slots");
            if let Err(refused) = outcome {
                assert!(refused.is_full(), "{refused}");
                assert_eq!(refused.into_args().0.list, vec![7; 100]);
            }
            let drained: Result<Vec<_>, _> = keeper.drain().collect();
            assert_eq!(drained.expect("all were served").len(), unpulled);
            assert_eq!(keeper.keep(5).wait().expect("no slot was lost"), 5);
        });
    }
}

/// A subscriber that queries an object during each of its events.
struct Asking;

impl Subscriber for Asking {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("concurrent_object::")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn event(&self, _: &Event<'_>) {
        if let Some(keeper) = PUSHED_TO.with(|keeper| keeper.borrow().upgrade()) {
            assert!(keeper.handle().statistics().unpulled <= 16 || keeper.status().can_pull);
        }
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn subscriber_may_query_the_object_of_an_event() {
    within(SOON, || {
        tracing::subscriber::with_default(Asking, || {
            let keeper = Arc::new(KeeperProxy::builder("keeper").start().expect("starts"));
            PUSHED_TO.set(Arc::downgrade(&keeper));
            keeper.wait_until_ready().expect("ready");
            assert_eq!(keeper.keep(5).wait().expect("served"), 5);
            keeper.terminate().expect("ended");
        });
    });
}

#[test]
fn handle_neither_keeps_an_object_alive_nor_ends_it() {
    within(SOON, || {
        let keeper = KeeperProxy::builder("keeper").start().expect("starts");
        let handle = keeper.handle();
        drop(handle.clone());
        assert_eq!(keeper.keep(1).wait().expect("served"), 1);
        assert_eq!((handle.name(), handle.state(), handle.is_alive()), ("keeper", State::Ready, true));
        drop(keeper);
        assert_eq!((handle.state(), handle.is_alive()), (State::Ended, false));
        assert_eq!(handle.statistics().accepted, 1);
    });
}

#[test]
fn full_push_is_refused_at_once_while_the_child_starts() {
    within(SOON, || {
        let keeper = KeeperProxy::builder("keeper").slots(2).start().expect("starts");
        let results: Vec<_> = (0..3).map(|n| keeper.push_keep(n)).collect();
        assert!(results[0].is_ok() && results[1].is_ok());
        assert!(matches!(results[2].as_ref().expect_err("two slots").kind(), PushErrorKind::Full));
        assert_eq!(keeper.wait_pull().expect("served"), Some(KeeperOutput::Keep(0)));
    });
}

/// Its methods have the names of functions on the handle. Those functions are on the handle for
/// that reason.
pub struct Person {
    name: String,
}

#[concurrent_object]
impl Person {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn pid(&self) -> u32 {
        0
    }

    pub fn state(&self) -> bool {
        true
    }

    pub fn is_alive(&self) -> Option<bool> {
        None
    }

    pub fn wait(&self, link: Duration) -> Duration {
        link
    }

    pub fn call(&self, proxy: u8, arguments: u8, writer: u8) -> u8 {
        proxy + arguments + writer
    }

    pub fn push(&mut self, method: String) {
        self.name += &method;
    }
}

#[test]
fn methods_may_have_the_names_of_functions_on_the_handle() {
    within(SOON, || {
        let person = PersonProxy::builder("object").start("Ada").expect("starts");
        person.push_push(" L.".to_owned()).expect("pushed");
        assert_eq!(person.name().wait().expect("served"), "Ada L.");
        assert_eq!(person.pid().wait().expect("served"), 0);
        assert!(person.state().wait().expect("served"));
        assert_eq!(person.is_alive().wait().expect("served"), None);
        assert_eq!(person.wait(SOON).wait().expect("served"), SOON);
        assert_eq!(person.call(1, 2, 3).wait().expect("served"), 6);
        assert_eq!(person.handle().name(), "object");
    });
}
