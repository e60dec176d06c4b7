//! Attributes that are copied to generated functions, attributes that are not, and the options.
#![deny(warnings)]

extern crate concurrent_object as renamed;

use std::cell::Cell;
use std::rc::Rc;

use renamed::{Call, concurrent_object};

/// Is not `Send`.
pub struct Thing {
    counter: Rc<Cell<u32>>,
}

#[concurrent_object(
    crate = renamed,
    proxy = RemoteThing,
    output = ThingResult,
    builder = ThingStarter,
    output_derive(Debug, Clone, PartialEq),
)]
impl Thing {
    pub const LIMIT: u32 = 3;

    pub fn new() -> Self {
        Self { counter: Rc::new(Cell::new(0)) }
    }

    #[deprecated = "use `new`"]
    pub fn old() -> Thing {
        Self::new()
    }

    #[cfg(any())]
    pub fn absent(missing: Missing) -> Option<Self> {
        missing.into()
    }

    #[concurrent_object(rename = fresh)]
    pub fn with_counter(start: u32) -> Result<Self, std::fmt::Error> {
        Ok(Self { counter: Rc::new(Cell::new(start)) })
    }

    /// Is no constructor and has no receiver.
    pub fn limit() -> u32 {
        Self::LIMIT
    }

    #[must_use]
    pub fn count(&self) -> u32 {
        self.helper().get()
    }

    #[cfg(any())]
    pub fn missing(&self, missing: Missing) -> Missing {
        missing
    }

    #[cfg(all())]
    pub fn kind(&self) -> &str {
        "present"
    }

    #[cfg(any())]
    pub fn kind(&self) -> &str {
        "absent"
    }

    #[deprecated]
    #[must_use]
    pub fn outdated(&self) -> u32 {
        0
    }

    #[must_use]
    pub fn chain(&mut self) -> &mut Self {
        self
    }

    #[concurrent_object(skip)]
    pub fn address(&self) -> *const Cell<u32> {
        Rc::as_ptr(&self.counter)
    }

    #[cfg_attr(all(), doc = "Stays in the child.", concurrent_object(skip))]
    pub fn thread(&self) -> std::thread::ThreadId {
        std::thread::current().id()
    }

    #[cfg_attr(any(), concurrent_object(skip))]
    pub fn proxied(&self) -> u32 {
        1
    }

    #[concurrent_object(rename = state)]
    pub fn status(&self) -> u32 {
        2
    }

    fn helper(&self) -> &Cell<u32> {
        &self.counter
    }
}

pub fn names(thing: &RemoteThing) {
    let _: Call<u32> = thing.count();
    let _: Call<String> = thing.kind();
    let _: Call<u32> = thing.proxied();
    let _: Call<u32> = thing.state();
    let _: renamed::Status = thing.status();
}

fn main() {
    let starter: ThingStarter = RemoteThing::builder("thing");
    assert!(starter.clone().start().is_err());
    assert!(starter.clone().start_fresh(1).is_err());
    #[allow(deprecated)]
    let refused = starter.start_old();
    assert!(refused.is_err());
    assert_eq!(ThingResult::Proxied(1), ThingResult::Proxied(1).clone());
    let thing = Thing::new();
    assert!(!thing.address().is_null());
    assert_eq!(Thing::limit(), 3);
    assert_eq!(thing.thread(), std::thread::current().id());
}
