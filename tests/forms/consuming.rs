//! Methods that take the object by value: the last call of an object.
#![allow(clippy::needless_arbitrary_self_type, clippy::boxed_local, reason = "the longer forms are to be there too")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};

static DROPPED: AtomicU32 = AtomicU32::new(0);

#[derive(Debug)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Drop for Encoder {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

#[concurrent_object]
impl Encoder {
    pub fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    pub fn write(&mut self, bytes: &[u8]) -> usize {
        self.bytes.extend_from_slice(bytes);
        self.bytes.len()
    }

    pub fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes.clone()
    }

    pub fn finish_typed(self: Self, trailer: u8) -> Result<Vec<u8>, String> {
        if trailer == 0 { Err("no trailer".to_owned()) } else { Ok([&self.bytes[..], &[trailer]].concat()) }
    }

    pub fn finish_boxed(mut self: Box<Self>, into: &mut Vec<u8>) -> usize {
        into.append(&mut self.bytes);
        into.len()
    }

    pub fn explode(self) {
        panic!("while it was consumed");
    }

    pub fn exit(self) {
        std::process::exit(0)
    }

    pub fn into_file(self, path: &std::path::Path, after: Duration) {
        std::thread::sleep(after);
        std::fs::write(path, &self.bytes).expect("it can be written");
    }
}

fn started() -> EncoderProxy {
    EncoderProxy::builder("encoder").start().expect("a child starts")
}

#[test]
fn earlier_calls_are_served_before_the_last_call_which_ends_the_child() {
    let encoder = started();
    let handle = encoder.handle();
    let before = encoder.write(b"ab");
    encoder.push_write(b"cd").expect("a slot is free");
    let last = encoder.finish();
    assert_eq!(within(SOON, move || last.wait()).expect("a result"), b"abcd");
    assert!(!handle.is_alive());
    assert_eq!(before.wait().expect("a result"), 2);
}

#[test]
fn typed_self_receivers_are_accepted() {
    assert_eq!(started().finish_typed(7).wait().expect("a result"), Ok(vec![7]));
    assert_eq!(started().finish_typed(0).wait().expect("a result"), Err("no trailer".to_owned()));
    let encoder = started();
    encoder.write(b"yz").wait().expect("a result");
    let mut into = b"x".to_vec();
    assert_eq!(encoder.finish_boxed(&mut into).wait().expect("a result"), 3);
    assert_eq!(into, b"xyz");
}

#[test]
fn a_panic_in_the_last_call_is_its_error() {
    let encoder = started();
    let handle = encoder.handle();
    assert!(matches!(encoder.explode().wait(), Err(CallError::Panicked { .. })));
    assert!(!handle.is_alive());
}

#[test]
fn a_child_that_exits_without_an_answer_has_died() {
    let outcome = within(SOON, || started().exit().wait());
    assert!(matches!(outcome, Err(CallError::Died { .. })), "{outcome:?}");
}

#[test]
fn an_outcome_taken_without_waiting_leaves_the_end_to_the_drop() {
    let encoder = started();
    let handle = encoder.handle();
    let mut last = encoder.finish_typed(1);
    let deadline = Instant::now() + Duration::from_secs(60);
    let outcome = loop {
        match last.try_wait() {
            Some(outcome) => break outcome,
            None => assert!(Instant::now() < deadline, "no outcome"),
        }
    };
    assert_eq!(outcome.expect("a result"), Ok(vec![1]));
    drop(last);
    assert!(!handle.is_alive());
}

#[test]
fn a_dropped_last_call_still_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out");
    let encoder = started();
    encoder.push_write(b"kept").expect("a slot is free");
    let handle = encoder.handle();
    drop(encoder.into_file(&path, Duration::from_millis(50)));
    assert!(!handle.is_alive());
    assert_eq!(std::fs::read(&path).expect("it was written"), b"kept");
}

#[test]
fn a_dropped_last_call_is_killed_after_the_grace_period() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out");
    let encoder = EncoderProxy::builder("slow").grace(Duration::from_millis(50)).start().expect("a child starts");
    encoder.wait_until_ready().expect("ready");
    let handle = encoder.handle();
    let last = encoder.into_file(&path, Duration::from_secs(3600));
    within(SOON, move || drop(last));
    assert!(!handle.is_alive());
    assert!(!path.exists());
}

#[test]
fn a_refused_last_call_ends_the_object_as_dropping_its_proxy_does() {
    let encoder = EncoderProxy::builder("small").max_input_size(16).start().expect("a child starts");
    let handle = encoder.handle();
    let refused = encoder.into_file(std::path::Path::new(&"x".repeat(1000)), Duration::ZERO);
    assert!(matches!(refused.wait(), Err(CallError::TooLarge { .. })));
    assert!(!handle.is_alive());
}

#[test]
fn a_consumed_object_is_dropped_once() {
    let before = DROPPED.load(Ordering::Relaxed);
    drop(Encoder::new().finish());
    assert_eq!(DROPPED.load(Ordering::Relaxed), before + 1, "here, where the count can be seen");
}
