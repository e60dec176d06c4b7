//! `cfg` on the impl block, on its functions, and in conditional attributes.
#![deny(warnings)]

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
#[cfg(all())]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[cfg(any())]
    pub fn absent(&self, missing: Missing, more: &mut Missing) -> Result<Missing, Missing> {
        missing
    }

    #[cfg(any())]
    pub fn gone(self) -> Missing {
        missing
    }

    #[cfg(all())]
    pub fn ends(self) -> u8 {
        1
    }

    pub fn get(&self) -> u8 {
        1
    }
}

#[concurrent_object]
#[cfg(any())]
impl Missing {
    pub fn new() -> Self {
        Self
    }

    pub fn get(&self) -> u8 {
        1
    }
}

pub fn variants(output: ThingOutput) {
    match output {
        ThingOutput::Get(_) => {}
    }
}

fn main() {
    assert!(ThingProxy::builder("thing").start().map(ThingProxy::ends).is_err());
}
