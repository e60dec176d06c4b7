//! The first step of the guide's chapter on adopting a struct: the attribute, and nothing else.

use std::io::{self, Write};

use concurrent_object::concurrent_object;

#[derive(Clone)]
pub struct Spec {
    pub rate: u32,
}

pub trait Sample {
    fn bytes(self) -> [u8; 2];
}

impl Sample for i16 {
    fn bytes(self) -> [u8; 2] {
        self.to_le_bytes()
    }
}

pub struct Take<'r, W>(&'r mut Recorder<W>);

pub struct Recorder<W> {
    to: W,
    spec: Spec,
    written: u32,
}

#[concurrent_object]
impl<W: Write> Recorder<W> {
    pub fn new(to: W, spec: Spec) -> Self {
        Self { to, spec, written: 0 }
    }

    pub fn spec(&self) -> Spec {
        self.spec.clone()
    }

    pub fn write<S: Sample>(&mut self, sample: S) -> io::Result<()> {
        self.written += 1;
        self.to.write_all(&sample.bytes())
    }

    pub fn take(&mut self) -> Take<'_, W> {
        Take(self)
    }

    pub fn finish(mut self) -> io::Result<u32> {
        self.to.flush().map(|()| self.written)
    }
}

fn main() {}
