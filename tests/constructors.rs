//! Constructors: several for one object, and each way in which a constructor can fail.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::error::Error as _;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use concurrent_object::{CallError, Exit, PushErrorKind, StartError, Started, State, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::{self, Gate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

concurrent_object::init_before_main!();

/// An error with two sources below it.
#[derive(Debug)]
pub struct LoadError(ReadError);

#[derive(Debug)]
pub struct ReadError(std::num::ParseIntError);

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the model cannot be loaded")
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("line 3\nis no number")
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Implements only `Display`, not `Error`.
pub struct DisplayOnly(String);

impl fmt::Display for DisplayOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Can be written, but reading it fails.
#[derive(Serialize)]
pub struct OneWay(u8);

impl<'de> Deserialize<'de> for OneWay {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("one way only"))
    }
}

/// Can be read, but writing it fails.
#[derive(Deserialize)]
pub struct Mute(u8);

impl Serialize for Mute {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("mute"))
    }
}

pub struct Model {
    made_by: &'static str,
}

#[concurrent_object]
impl Model {
    pub fn new() -> Self {
        Self { made_by: "new" }
    }

    pub fn open(id: u32) -> Result<Self, LoadError> {
        let parsed = if id == 0 { "x".parse::<u32>() } else { Ok(id) };
        parsed.map_err(|error| LoadError(ReadError(error)))?;
        Ok(Self { made_by: "open" })
    }

    pub fn displayable(text: &str) -> Result<Self, DisplayOnly> {
        if text.is_empty() { Ok(Self { made_by: "displayable" }) } else { Err(DisplayOnly(text.to_owned())) }
    }

    pub fn find(there: bool) -> Option<Self> {
        there.then_some(Self { made_by: "find" })
    }

    pub fn panicking(text: &str) -> Self {
        panic!("{text}")
    }

    pub fn exiting(code: i32) -> Self {
        std::process::exit(code)
    }

    pub fn aborting() -> Self {
        std::process::abort()
    }

    pub fn one_way(ticket: OneWay) -> Self {
        assert_eq!(ticket.0, 1);
        Self::new()
    }

    pub fn mute(word: Mute) -> Self {
        assert_eq!(word.0, 1);
        Self::new()
    }

    pub fn held(gate: &Path) -> Self {
        gate::pass(gate);
        Self { made_by: "held" }
    }

    pub fn made_by(&self) -> &str {
        self.made_by
    }
}

fn builder() -> ModelProxyBuilder {
    ModelProxy::builder("model")
}

/// Checks that every operation returns the same error as `wait_until_ready`, and returns that
/// error.
fn failure_of(model: &ModelProxy) -> StartError {
    let early = model.made_by();
    let reason = model.wait_until_ready().expect_err("there is no object");
    let late = [early.wait(), model.made_by().wait()];
    for error in late.map(|outcome| outcome.expect_err("there is no object")) {
        let CallError::NotConstructed { reason: reported, .. } = &error else { panic!("another error: {error:?}") };
        assert_eq!(reported.to_string(), reason.to_string());
        assert_eq!((error.started(), error.object_gone(), error.method()), (Started::No, true, Some("made_by")));
        assert_eq!(error.source().map(ToString::to_string), Some(reason.to_string()));
    }
    let refused = model.push_made_by().expect_err("there is no object");
    assert!(matches!(refused.kind(), PushErrorKind::Gone(CallError::NotConstructed { .. })), "{refused:?}");
    assert!(matches!(model.pull(), Err(CallError::NotConstructed { .. })));
    assert!(model.wait_until_ready_timeout(Duration::ZERO).is_err());
    assert_eq!((model.status().state, model.status().can_push), (State::Ended, true));
    assert_eq!(reason.to_string().lines().count(), 1, "{reason}");
    model.terminate().expect("ending what never was is fine");
    reason
}

#[test]
fn each_constructor_has_its_start() {
    within(SOON, || {
        let made_by = |model: ModelProxy| model.made_by().wait().expect("made");
        assert_eq!(made_by(builder().start().expect("starts")), "new");
        assert_eq!(made_by(builder().start_open(1).expect("starts")), "open");
        assert_eq!(made_by(builder().start_displayable("").expect("starts")), "displayable");
        assert_eq!(made_by(builder().start_find(true).expect("starts")), "find");
    });
}

#[test]
fn an_error_of_a_constructor_arrives_with_its_sources() {
    within(SOON, || {
        let reason = failure_of(&builder().start_open(0).expect("starts"));
        let StartError::Constructor { message, chain, .. } = &reason else { panic!("another reason: {reason:?}") };
        assert_eq!(message, "the model cannot be loaded");
        assert_eq!(*chain, ["line 3\nis no number", "invalid digit found in string"]);
        assert!(reason.to_string().contains("the model cannot be loaded"), "{reason}");
    });
}

#[test]
fn a_displayable_value_serves_as_an_error() {
    within(SOON, || {
        let reason = failure_of(&builder().start_displayable("no such thing").expect("starts"));
        let StartError::Constructor { message, chain, .. } = &reason else { panic!("another reason: {reason:?}") };
        assert_eq!((message.as_str(), chain.len()), ("no such thing", 0));
    });
}

#[test]
fn a_very_long_message_is_truncated() {
    within(SOON, || {
        let reason = failure_of(&builder().start_displayable(&"ä".repeat(1 << 20)).expect("starts"));
        let StartError::Constructor { message, .. } = &reason else { panic!("another reason: {reason:?}") };
        assert!((1000..10_000).contains(&message.len()), "{}", message.len());
        let reason = failure_of(&builder().start_panicking(&"ä".repeat(3000)).expect("starts"));
        assert!(matches!(reason, StartError::ConstructorPanicked { .. }), "{reason:?}");
    });
}

#[test]
fn none_is_a_failure_with_a_message() {
    within(SOON, || {
        let reason = failure_of(&builder().start_find(false).expect("starts"));
        assert!(matches!(&reason, StartError::Constructor { message, .. } if message.contains("`None`")), "{reason:?}");
    });
}

#[test]
fn a_panic_in_a_constructor_arrives_with_its_place() {
    within(SOON, || {
        let reason = failure_of(&builder().start_panicking("two\nlines").expect("starts"));
        let StartError::ConstructorPanicked { panic, .. } = &reason else { panic!("another reason: {reason:?}") };
        assert_eq!((panic.message.as_str(), panic.file.ends_with("constructors.rs")), ("two\nlines", true));
        assert!(panic.line > 0 && panic.column > 0);
    });
}

#[test]
fn an_exit_or_a_crash_in_a_constructor_is_reported_as_a_death() {
    within(SOON, || {
        let reason = failure_of(&builder().start_exiting(7).expect("starts"));
        assert!(matches!(&reason, StartError::Died { death, .. } if death.exit == Exit::Code(7)), "{reason:?}");
        let reason = failure_of(&builder().start_exiting(0).expect("starts"));
        assert!(matches!(&reason, StartError::Died { death, .. } if death.exit == Exit::Code(0)), "{reason:?}");
        let reason = failure_of(&builder().start_aborting().expect("starts"));
        let by = |reason: &StartError| match reason {
            StartError::Died { death, .. } => death.exit.signal_name(),
            _ => None,
        };
        assert_eq!(by(&reason), Some("SIGABRT"), "{reason:?}");
    });
}

#[test]
fn an_argument_that_cannot_be_passed_is_named() {
    within(SOON, || {
        let error = builder().start_mute(Mute(1)).map(|_| ()).expect_err("it cannot be written");
        assert!(matches!(&error, StartError::Argument { argument, .. } if argument == "word"), "{error:?}");
        let reason = failure_of(&builder().start_one_way(OneWay(1)).expect("starts"));
        assert!(matches!(&reason, StartError::Argument { argument, .. } if argument == "ticket"), "{reason:?}");
        assert!(reason.to_string().contains("one way only"), "{reason}");
    });
}

#[test]
fn an_object_that_is_not_ready_in_time_can_become_ready_later() {
    within(SOON, || {
        let gate = Gate::new();
        let model = builder().start_held(gate.path()).expect("starts");
        let waited = Duration::from_millis(5);
        let error = model.wait_until_ready_timeout(waited).expect_err("it is held");
        assert!(matches!(error, StartError::NotReady { waited: reported, .. } if reported == waited), "{error:?}");
        let early = model.made_by();
        gate.open();
        model.wait_until_ready_timeout(Duration::MAX).expect("ready");
        model.wait_until_ready().expect("still ready");
        assert_eq!(early.wait().expect("made"), "held");
    });
}

#[test]
fn kill_during_construction_is_a_requested_end() {
    within(SOON, || {
        let gate = Gate::new();
        let model = builder().start_held(gate.path()).expect("starts");
        let early = model.made_by();
        gate.wait_until_reached();
        model.kill().expect("killed");
        assert!(matches!(model.wait_until_ready(), Err(StartError::Ended)));
        let error = early.wait().expect_err("it never was");
        assert_eq!((error.started(), error.object_gone()), (Started::No, true));
    });
}
