//! Pushes and calls that are refused. The by-value arguments are given back, and nothing else
//! changes.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

use std::error::Error as _;
use std::path::Path;

use concurrent_object::{Call, CallError, Error, Payload, PushError, PushErrorKind, Started, concurrent_object};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::gate::{self, Gate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

concurrent_object::init_before_main!();

/// Must be given back itself, not as an equal value: its text has the same address.
#[derive(Serialize, Deserialize)]
pub struct Cargo(String);

/// A value whose `Serialize` fails.
#[derive(Debug, PartialEq, Deserialize)]
pub struct Stubborn(u8);

impl Serialize for Stubborn {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("stubborn"))
    }
}

/// A value whose `Deserialize` fails.
#[derive(Serialize)]
pub struct Illegible(u8);

impl<'de> Deserialize<'de> for Illegible {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("illegible"))
    }
}

pub struct Port;

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Port {
    pub fn new() -> Self {
        Self
    }

    pub fn load(&self, cargo: Cargo, _mark: &str, weight: u32) -> (usize, u32) {
        (cargo.0.len(), weight)
    }

    pub fn stubborn(&self, first: u8, thing: Stubborn) -> u8 {
        first + thing.0
    }

    pub fn illegible(&self, thing: Illegible) -> u8 {
        thing.0
    }

    pub fn hold(&self, gate: &Path) {
        gate::pass(gate);
    }
}

fn start() -> PortProxy {
    PortProxy::builder("port").slots(2).max_input_size(1000_usize).start().expect("starts")
}

/// Makes a push that is refused, and checks that its arguments are given back unchanged.
fn refused_with(port: &PortProxy, size: usize) -> PushErrorKind {
    let cargo = Cargo("x".repeat(size));
    let place = cargo.0.as_ptr();
    let error: PushError<(Cargo, u32)> = port.push_load(cargo, "mark", 3).expect_err("refused");
    let kind = error.kind().clone();
    let (cargo, weight) = error.into_args();
    assert_eq!((cargo.0.as_ptr(), cargo.0.len(), weight), (place, size, 3));
    kind
}

#[test]
fn a_push_beyond_the_slots_returns_its_arguments() {
    within(SOON, || {
        let (port, gate) = (start(), Gate::new());
        port.push_hold(gate.path()).expect("pushed");
        port.push_load(Cargo("a".into()), "", 1).expect("pushed");
        assert!(matches!(refused_with(&port, 10), PushErrorKind::Full));
        gate.open();
        assert_eq!(port.wait_pull().expect("held"), Some(PortOutput::Hold(())));
        port.push_load(Cargo("bc".into()), "", 2).expect("there is room again");
        assert_eq!(port.wait_pull().expect("first"), Some(PortOutput::Load((1, 1))));
        assert_eq!(port.wait_pull().expect("second"), Some(PortOutput::Load((2, 2))));
    });
}

#[test]
fn arguments_too_large_are_given_back_and_the_object_serves_on() {
    within(SOON, || {
        let port = start();
        let PushErrorKind::TooLarge { needed, limit, .. } = refused_with(&port, 1000) else { panic!("another kind") };
        assert_eq!(limit, 1000);
        assert!((1005..1100).contains(&needed), "{needed}");
        port.push_load(Cargo("a".into()), "", 1).expect("pushed");
        assert_eq!(port.wait_pull().expect("loaded"), Some(PortOutput::Load((1, 1))));
    });
}

#[test]
fn arguments_for_an_ended_object_are_given_back() {
    within(SOON, || {
        let port = start();
        port.terminate().expect("terminated");
        let PushErrorKind::Gone(error) = refused_with(&port, 10) else { panic!("another kind") };
        assert!(matches!(error, CallError::Ended { .. }), "{error:?}");
        assert_eq!((error.started(), error.method()), (Started::No, Some("load")));
        assert_eq!(port.handle().statistics().accepted, 0);
    });
}

#[test]
fn an_argument_that_cannot_be_written_is_named_and_given_back() {
    within(SOON, || {
        let port = start();
        let error = port.push_stubborn(1, Stubborn(2)).expect_err("refused");
        let PushErrorKind::Encode { argument, reason, .. } = error.kind() else { panic!("another kind: {error:?}") };
        assert_eq!((*argument, reason.contains("stubborn")), ("thing", true), "{reason}");
        assert_eq!(error.to_string().lines().count(), 1);
        assert_eq!(error.into_args(), (1, Stubborn(2)));
        let error = port.stubborn(1, Stubborn(2)).wait().expect_err("refused");
        assert!(matches!(&error, CallError::Encode { part, .. } if part == "argument `thing`"), "{error:?}");
        assert_eq!(port.load(Cargo("abc".into()), "", 1).wait().expect("the object still serves"), (3, 1));
    });
}

#[test]
fn an_argument_that_cannot_be_read_is_named_and_its_method_has_not_started() {
    within(SOON, || {
        let port = start();
        let error = port.illegible(Illegible(2)).wait().expect_err("its Deserialize fails");
        assert!(matches!(&error, CallError::Decode { part, .. } if part == "argument `thing`"), "{error:?}");
        assert_eq!((error.started(), error.object_gone()), (Started::No, false));
        assert_eq!(port.load(Cargo("abc".into()), "", 1).wait().expect("the object still serves"), (3, 1));
    });
}

#[test]
fn waiting_for_a_call_too_large_returns_the_error() {
    within(SOON, || {
        let port = start();
        let error = port.load(Cargo("x".repeat(2000)), "", 1).wait().expect_err("too large");
        let CallError::TooLarge { payload, needed, limit, .. } = &error else { panic!("another error: {error:?}") };
        assert_eq!((*payload, *limit), (Payload::Arguments, 1000));
        assert!(*needed > 2000);
        assert_eq!((error.started(), error.object_gone(), error.method()), (Started::No, false, Some("load")));
        assert!(error.to_string().contains("max_input_size"), "{error}");
    });
}

#[test]
fn a_refusal_converts_to_error_whatever_its_arguments_are() {
    fn push(port: &PortProxy) -> Result<(), Error> {
        let mark = String::from("borrowed");
        port.push_load(Cargo("x".repeat(5000)), &mark, 1)?;
        Ok(())
    }
    fn push_boxed(port: &PortProxy) -> Result<(), Box<dyn std::error::Error>> {
        let mark = String::from("borrowed");
        port.push_load(Cargo("x".repeat(5000)), &mark, 1)?;
        Ok(())
    }
    within(SOON, || {
        let port = start();
        assert!(matches!(push(&port), Err(Error::Push(PushErrorKind::TooLarge { limit: 1000, .. }))));
        let boxed = push_boxed(&port).expect_err("too large");
        assert!(boxed.to_string().contains("max_input_size"), "{boxed}");
        port.kill().expect("killed");
        let gone = Error::from(port.push_load(Cargo("small".into()), "", 1).expect_err("gone"));
        assert!(gone.source().is_some_and(|source| source.is::<CallError>()), "{gone:?}");
    });
}

#[test]
fn a_call_can_be_sent_to_another_thread_whatever_it_returns() {
    fn is_send<T: Send + 'static>(call: T) -> T {
        call
    }
    within(SOON, || {
        let port = start();
        let call: Call<(usize, u32)> = is_send(port.load(Cargo("abc".into()), "", 9));
        let taken = std::thread::spawn(move || call.wait()).join().expect("the thread lives");
        assert_eq!(taken.expect("loaded"), (3, 9));
        // Never constructed: only its type matters.
        let _: Option<Call<std::rc::Rc<u8>>> = is_send(None);
    });
}
