use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Write};

use concurrent_object::concurrent_object;

pub struct Archive<R>(R);

#[concurrent_object(with(S = File, R = File), with(R = u8))]
impl<R> Archive<R> {
    pub fn new() -> Self {
        unimplemented!()
    }

    pub fn get(&self) -> u32 {
        0
    }
}

pub struct Reader<R, W>(R, W);

#[concurrent_object]
impl<R: Read, W> Reader<R, W>
where
    W: Write,
{
    pub fn new(reader: R, writer: W) -> Self {
        Self(reader, writer)
    }

    pub fn get(&self) -> u32 {
        0
    }
}

pub struct Lines<R>(R);

// A result that becomes `Cow<'static, str>` adds a bound to `R`, which has no place in the file.
#[concurrent_object]
impl<R: Read + Write> Lines<R> {
    pub fn new(reader: R) -> Self {
        Self(reader)
    }

    pub fn name(&self) -> Option<Cow<'_, str>> {
        None
    }
}

pub struct Zip<R>(R);

#[concurrent_object(with(R = File), constructor = fn open() -> Self)]
impl<R: Read> Zip<R> {
    pub fn new(reader: R) -> Self {
        Self(reader)
    }

    pub fn into_inner(self) -> R {
        self.0
    }
}

impl Zip<File> {
    fn open() -> Self {
        unimplemented!()
    }
}

pub struct Sheet;

#[concurrent_object]
impl Sheet {
    pub fn new() -> Self {
        Self
    }

    #[concurrent_object(with(T = f64), with(T = u8))]
    pub fn write<T>(&mut self, value: T) {
        let _ = value;
    }
}

fn main() {}
