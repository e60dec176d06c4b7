//! Errors that are sent as text, because they cannot be serialized.
#![deny(warnings)]

use std::error::Error;
use std::{fmt, io};

use concurrent_object::{Call, RemoteError, concurrent_object};

#[derive(Debug)]
pub struct NotSerde;

impl fmt::Display for NotSerde {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not serde")
    }
}

mod own {
    pub type Fallible<T> = std::result::Result<T, super::NotSerde>;
}

pub struct Files;

#[concurrent_object(error = "text")]
impl Files {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self)
    }

    pub fn read(&self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    pub fn name(&self) -> Result<Option<&str>, NotSerde> {
        Ok(None)
    }

    pub fn lines(&self) -> Result<impl Iterator<Item = &str>, io::Error> {
        Ok("".lines())
    }

    #[concurrent_object(error = "text")]
    pub fn alias(&self) -> own::Fallible<u8> {
        Ok(1)
    }

    #[concurrent_object(error = "value")]
    pub fn data(&self) -> Result<(), u8> {
        Err(1)
    }
}

pub fn types(files: &FilesProxy) {
    let _: Call<Result<Vec<u8>, RemoteError>> = files.read();
    let _: Call<Result<Option<String>, RemoteError>> = files.name();
    let _: Call<Result<Vec<String>, RemoteError>> = files.lines();
    let _: Call<Result<u8, RemoteError>> = files.alias();
    let _: Call<Result<(), u8>> = files.data();
}

fn main() {
    assert!(FilesProxy::builder("files").start().is_err());
}
