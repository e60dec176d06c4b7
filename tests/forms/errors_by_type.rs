//! The type of an error decides whether it arrives as a value or as text, unless the user does.

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

use super::errors::{Code, LoadError, Loader};

/// An alias whose value is not its parameter.
pub type HeldResult<T> = Result<Option<T>, LoadError>;

pub struct Shelf;

#[concurrent_object]
impl Shelf {
    pub fn new() -> Self {
        Self
    }

    pub fn held(&self) -> HeldResult<Code> {
        Ok(Some(Code::Missing))
    }
}

pub struct Gate;

#[concurrent_object(error = "value")]
impl Gate {
    pub fn new() -> Self {
        Self
    }

    pub fn data(&self) -> Result<u8, Code> {
        Err(Code::Missing)
    }

    pub fn outcome(&self) -> OutcomeResult<u8> {
        OutcomeResult(1)
    }

    #[concurrent_object(error = "text")]
    pub fn text(&self) -> Result<u8, String> {
        Err("text".to_owned())
    }
}

/// Has the name of an alias, and is data.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeResult<T>(T);

pub trait Source {
    type Error;

    fn read(&self) -> Result<u8, Self::Error>;
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Broken;

impl Source for Broken {
    type Error = LoadError;

    fn read(&self) -> Result<u8, LoadError> {
        Loader.load("/nowhere").map(|bytes| bytes[0])
    }
}

pub struct Reader<S>(S);

#[concurrent_object]
impl<S: Source> Reader<S> {
    pub fn new(source: S) -> Self {
        Self(source)
    }

    pub fn read(&self) -> Result<u8, S::Error> {
        self.0.read()
    }
}

pub struct Seven;

#[concurrent_object(constructor = fn make() -> Self)]
impl Source for Seven {
    type Error = (u8, String);

    fn read(&self) -> Result<u8, Self::Error> {
        Err((7, "seven".to_owned()))
    }
}

impl Seven {
    fn make() -> Self {
        Self
    }
}

#[test]
fn the_value_of_an_alias_need_not_be_its_parameter() {
    let shelf = ShelfProxy::builder("shelf").start().expect("a child starts");
    assert_eq!(shelf.held().wait().expect("a result"), Ok(Some(Code::Missing)));
}

#[test]
fn a_block_may_send_all_errors_as_values() {
    let gate = GateProxy::builder("gate").start().expect("a child starts");
    assert_eq!(gate.data().wait().expect("a result"), Err(Code::Missing));
    assert_eq!(gate.outcome().wait().expect("a result"), OutcomeResult(1));
    let error = gate.text().wait().expect("a result").expect_err("always");
    assert_eq!((error.message(), error.type_name()), ("text", "alloc::string::String"));
}

#[test]
fn errors_that_name_a_parameter_of_the_object_arrive_as_text() {
    let reader = ReaderProxy::<Broken>::builder("reader").start(Broken).expect("a child starts");
    let error = reader.read().wait().expect("a result").expect_err("no such file");
    assert_eq!(error.message(), "cannot load /nowhere");
}

#[test]
fn associated_errors_that_are_data_arrive_as_values() {
    let seven = SevenProxy::builder("seven").start_make().expect("a child starts");
    assert_eq!(seven.read().wait().expect("a result"), Err((7, "seven".to_owned())));
}
