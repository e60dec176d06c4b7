//! Impls of traits.
#![deny(warnings)]

use concurrent_object::{Call, concurrent_object};

mod api {
    pub trait Decoder {
        type Frame;
        const LANES: usize;
        fn decode(&mut self, bytes: &[u8]) -> Option<Self::Frame>;
        fn finish(self) -> u64;
        fn lanes(&self) -> [u8; 2];
    }
}

pub struct Png(u64);

impl Png {
    pub fn new(start: u64) -> Self {
        Self(start)
    }
}

#[concurrent_object(constructor = pub fn new(start: u64) -> Self, proxy = RemotePng)]
impl api::Decoder for Png {
    type Frame = Vec<[u8; Self::LANES]>;
    const LANES: usize = 2;

    fn decode(&mut self, bytes: &[u8]) -> Option<Self::Frame> {
        self.0 += bytes.len() as u64;
        None
    }

    fn finish(self) -> u64 {
        self.0
    }

    fn lanes(&self) -> [u8; Self::LANES] {
        [1, 2]
    }
}

pub fn types(png: RemotePng) {
    let _: Call<Option<Vec<[u8; 2]>>> = png.decode(&[]);
    let _: Call<[u8; 2]> = png.lanes();
    let _: Call<u64> = png.finish();
}

fn main() {
    assert!(RemotePng::builder("png").start(1).is_err());
}
