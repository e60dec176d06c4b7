//! Two programs whose types have the same name, and not the same functions.

use std::sync::Arc;

use concurrent_object::bridge::{Registry, Remote};
use concurrent_object::{StartError, StartErrorKind, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

use super::loopback::Loopback;

/// The type as one program has it.
struct Version {
    register: fn(&mut Registry),
    start: fn(Arc<dyn Remote>) -> Result<(), StartError>,
}

/// A type `Changing` with these functions. All that one function makes have the same name.
macro_rules! version {
    ($($functions:tt)*) => {{
        struct Changing;

        #[concurrent_object]
        impl Changing {
            $($functions)*
        }

        Version {
            register: |registry| {
                registry.register::<Changing, ChangingOutput>();
            },
            start: |remote| ChangingProxy::builder("changing").on(remote).start(1)?.wait_until_ready(),
        }
    }};
}

fn versions() -> [Version; 6] {
    [
        version! { pub fn new(_seed: u8) -> Self { Self } pub fn add(&self, by: u8) -> u8 { by } },
        version! {
            pub fn new(_seed: u8) -> Self { Self }
            pub fn add(&self, by: u8) -> u8 { by }
            pub fn subtract(&self, by: u8) -> u8 { by }
        },
        version! { pub fn new(_seed: u8) -> Self { Self } pub fn add(&self, by: u16) -> u8 { by as u8 } },
        version! { pub fn new(_seed: u8) -> Self { Self } pub fn add(&self, by: u8) -> u16 { by.into() } },
        version! { pub fn new(_seed: u16) -> Self { Self } pub fn add(&self, by: u8) -> u8 { by } },
        version! { pub fn new(_seed: u8) -> Self { Self } pub fn add(&mut self, by: u8) -> u8 { by } },
    ]
}

/// The first version with other names of arguments.
fn renamed() -> [Version; 2] {
    [
        version! { pub fn new(_seed: u8) -> Self { Self } pub fn add(&self, by: u8) -> u8 { by } },
        version! { pub fn new(_start: u8) -> Self { Self } pub fn add( & self , number : u8 ) -> u8 { number } },
    ]
}

fn elsewhere(version: &Version) -> Arc<dyn Remote> {
    let mut registry = Registry::new();
    (version.register)(&mut registry);
    Loopback::new(registry)
}

#[test]
fn a_type_with_another_function_or_another_type_in_one_is_a_skew() {
    within(SOON, || {
        let versions = versions();
        for (at, theirs) in versions.iter().enumerate() {
            (theirs.start)(elsewhere(theirs)).expect("it is the same");
            for ours in versions.iter().skip(at + 1) {
                let error = (ours.start)(elsewhere(theirs)).expect_err("they differ");
                assert_eq!(error.kind(), StartErrorKind::VersionSkew, "{error}");
                let StartError::VersionSkew { ours, seen, .. } = error else { panic!("it is of that kind") };
                assert!(ours.contains("Changing` with the fingerprint") && ours != seen, "{ours} {seen}");
            }
        }
    });
}

#[test]
fn names_of_arguments_and_spaces_are_no_skew() {
    within(SOON, || {
        let [theirs, ours] = renamed();
        (ours.start)(elsewhere(&theirs)).expect("it is the same");
    });
}
