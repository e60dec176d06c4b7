use std::fmt::Display;
use std::io::{Read, Write};
use std::str::FromStr;

use concurrent_object::concurrent_object;

pub trait Shape {}

impl Shape for u32 {}

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new<W: Write>(_to: W) -> Self {
        Self
    }

    pub fn show<T: Display + Shape, const N: usize>(&self, value: T) -> String {
        value.to_string()
    }

    pub fn given<T: Into<String>>(&self, value: T) -> T {
        value
    }

    pub fn any<T>(&self, _value: T) {}

    pub fn parse<T>(&self) -> Option<T>
    where
        T: FromStr,
    {
        None
    }

    pub fn several<T: Shape, U, const N: usize>(&self, one: T, other: U, third: impl Shape) -> [u8; N] {
        let _ = (one, other, third);
        [0; N]
    }

    pub fn with_closure<T: Shape, F: Fn(T), E>(&self, one: T, with: F) -> Result<(), E> {
        with(one);
        Ok(())
    }

    pub fn both<S>(&self, stream: &mut S)
    where
        S: Read + Write,
    {
        let _ = stream.flush();
    }
}

fn main() {
    let thing = ThingProxy::builder("thing").start(Vec::new()).unwrap();
    let _ = thing.show::<u32, 3>(1);
}
