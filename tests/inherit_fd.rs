//! Descriptors that a builder passes to its object by name.
#![cfg(not(concurrent_object_portable))]
#![allow(missing_docs, missing_debug_implementations)]

use std::fs::File;
use std::io::{Read, Write};

use concurrent_object::{RestartPolicy, StartError, concurrent_object, take_inherited_fd};
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

/// Writes to the descriptors that it inherited.
struct Writer {
    out: File,
}

#[concurrent_object]
impl Writer {
    pub fn new(name: &str) -> Result<Self, String> {
        let out = take_inherited_fd(name).ok_or_else(|| format!("no descriptor {name}"))?;
        Ok(Self { out: out.into() })
    }

    pub fn write(&mut self, text: &str) {
        self.out.write_all(text.as_bytes()).expect("room in the pipe");
    }

    pub fn takes(&self, name: &str) -> bool {
        take_inherited_fd(name).is_some()
    }

    pub fn abort(&self) {
        std::process::abort()
    }
}

#[test]
fn every_instance_gets_the_descriptors_by_their_names() {
    within(SOON, || {
        let (first, second) = (std::io::pipe().expect("a pipe"), std::io::pipe().expect("a pipe"));
        let builder = WriterProxy::builder("writer").inherit_fd("first", first.1).inherit_fd("second", second.1);
        let writer = builder.restart(RestartPolicy::on_death()).start("second").expect("a child starts");
        writer.write("before, ").wait().expect("served");
        assert!(!writer.takes("second").wait().expect("served"), "it was taken");
        assert!(!writer.takes("third").wait().expect("served"), "there is none");
        writer.abort().wait().expect_err("it aborts");
        writer.write("after").wait().expect("served by the next process");
        assert!(writer.takes("first").wait().expect("served"), "nothing has taken it yet");
        writer.terminate().expect("ended");
        drop(writer);
        let text = |mut reader: std::io::PipeReader| {
            let mut text = String::new();
            reader.read_to_string(&mut text).expect("the end, since no writing end is left");
            text
        };
        assert_eq!((text(first.0).as_str(), text(second.0).as_str()), ("", "before, after"));
        assert!(take_inherited_fd("first").is_none(), "this is no object's process");
    });
}

#[test]
fn names_without_exactly_one_descriptor_are_errors_of_the_start() {
    within(SOON, || {
        let null = || File::open("/dev/null").expect("it is there");
        let twice = WriterProxy::builder("writer").inherit_fd("log", null()).inherit_fd("log", null());
        let error = twice.start("log").expect_err("one name for two");
        assert!(matches!(&error, StartError::InvalidDescriptor { name, .. } if name == "log"), "{error}");
        let nameless = WriterProxy::builder("writer").inherit_fd("", null()).start("");
        assert!(matches!(nameless, Err(StartError::InvalidDescriptor { .. })));
    });
}
