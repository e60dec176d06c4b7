//! Constructors from other impl blocks, from traits, and from `Default`.
#![deny(warnings)]

use std::path::Path;

use concurrent_object::concurrent_object;

mod traits {
    pub trait Load: Sized {
        fn load(path: &std::path::Path) -> Result<Self, std::io::Error>;
    }
}

#[derive(Default)]
pub struct Model(u8);

impl Model {
    fn with(level: u8) -> Self {
        Self(level)
    }
}

impl traits::Load for Model {
    fn load(path: &Path) -> Result<Self, std::io::Error> {
        std::fs::metadata(path).map(|_| Self(1))
    }
}

#[concurrent_object(
    constructor = fn default() -> Self,
    constructor = pub(crate) fn with(level: u8) -> Model,
    constructor = fn traits::Load::load(path: &Path) -> Result<Self, std::io::Error>,
)]
impl Model {
    pub fn level(&self) -> u8 {
        self.0
    }
}

fn main() {
    let builder = || ModelProxy::builder("model");
    assert!(builder().start_default().is_err());
    assert!(builder().start_with(1).is_err());
    assert!(builder().start_load(Path::new("model")).is_err());
}
