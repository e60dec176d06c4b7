//! Objects whose builders name no remote, in a program that has set one.

use std::sync::{Arc, Mutex};

use concurrent_object::bridge::{Remote, set_default_remote};
use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

use super::loopback::Loopback;

pub struct Wanderer;

#[concurrent_object]
impl Wanderer {
    pub fn new() -> Self {
        Self
    }

    pub fn answer(&self) -> u32 {
        42
    }
}

pub struct Homebody;

#[concurrent_object]
impl Homebody {
    pub fn new() -> Self {
        Self
    }

    pub fn answer(&self) -> u32 {
        7
    }
}

static LOOPBACK: Mutex<Option<Arc<Loopback>>> = Mutex::new(None);

fn start(in_thread: bool) -> WandererProxy {
    let builder = WandererProxy::builder("wanderer");
    let wanderer = if in_thread { builder.in_thread() } else { builder }.start().expect("starts");
    assert_eq!(wanderer.answer().wait().expect("answered"), 42);
    wanderer
}

/// The only test that sets it: it holds for all objects of the program. Those of other tests stay.
#[test]
fn objects_live_where_the_program_says_unless_their_builders_say_it() {
    within(SOON, || {
        set_default_remote(|registry| {
            registry.types().any(|(name, _)| name == std::any::type_name::<Wanderer>()).then(|| {
                let loopback = Loopback::new(registry.clone());
                *LOOPBACK.lock().expect("no panic") = Some(loopback.clone());
                loopback as Arc<dyn Remote>
            })
        });
        let away = start(false);
        let loopback = LOOPBACK.lock().expect("no panic").take().expect("it was asked for");
        let (thread, home) = (start(true), HomebodyProxy::builder("homebody").start().expect("starts"));
        assert_eq!(home.answer().wait().expect("answered"), 7);
        set_default_remote(|_| None);
        let later = start(false);
        assert!(LOOPBACK.lock().expect("no panic").is_none(), "one object has no other remote");
        loopback.cut();
        let lost = away.answer().wait();
        assert!(matches!(lost, Err(CallError::Lost { .. })), "{lost:?}");
        for here in [thread, later] {
            assert_eq!(here.answer().wait().expect("answered"), 42);
        }
    });
}
