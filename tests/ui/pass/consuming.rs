//! Methods that take the object by value.
#![deny(warnings)]

use concurrent_object::{Call, CallMut, concurrent_object};

pub struct Writer(Vec<u8>);

#[concurrent_object]
impl Writer {
    pub fn new() -> Self {
        Self(Vec::new())
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Ends it.
    #[must_use]
    pub fn finish(mut self, trailer: u8) -> Vec<u8> {
        self.0.push(trailer);
        self.0
    }

    pub fn into_buffer(self: Self, buffer: &mut Vec<u8>) {
        *buffer = self.0;
    }

    pub fn boxed(self: Box<Self>) -> Result<usize, String> {
        Ok(self.0.len())
    }
}

pub struct OnlyOnce;

#[concurrent_object]
impl OnlyOnce {
    pub fn new() -> Self {
        Self
    }

    pub fn run(self) -> u8 {
        1
    }
}

pub fn types(one: WriterProxy, two: WriterProxy, three: WriterProxy, buffer: &mut Vec<u8>) {
    let _: Call<Vec<u8>> = one.finish(1);
    let _: CallMut<'_, ()> = two.into_buffer(buffer);
    let _: Call<Result<usize, String>> = three.boxed();
}

pub fn no_variant(output: WriterOutput) {
    match output {
        WriterOutput::Write(()) => {}
    }
}

fn main() {
    assert!(WriterProxy::builder("writer").start().is_err());
    let _: Option<OnlyOnceOutput> = None;
    assert!(OnlyOnceProxy::builder("once").start().map(|once| once.run()).is_err());
}
