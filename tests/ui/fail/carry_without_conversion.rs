use concurrent_object::concurrent_object;
use serde::Serializer;

pub struct Mode(u32);

pub struct Config;

pub struct Size;

pub struct Shape;

mod config_as {
    use super::*;

    pub fn serialize<S: Serializer>(_: &Config, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

#[concurrent_object(carry(Mode = u32, Config = config_as, Size = size_as))]
impl Screen {
    pub fn new(mode: Mode) -> Self {
        Self(mode)
    }

    pub fn config(&self) -> Option<Config> {
        None
    }

    pub fn resize(&self, size: &Size) {
        let _ = size;
    }

    #[concurrent_object(result = "text")]
    pub fn shape(&self) -> Shape {
        Shape
    }
}

pub struct Screen(Mode);

fn main() {}
