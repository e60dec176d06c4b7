#![deny(unexpected_cfgs)]

use concurrent_object::concurrent_object;

pub struct Thing;

#[concurrent_object]
impl Thing {
    pub fn new() -> Self {
        Self
    }

    #[cfg_attr(undeclared_docs, doc = "More.")]
    pub fn documented(&self) {}

    #[cfg(not(undeclared_feature))]
    pub fn conditional(&self) {}

    #[cfg_attr(undeclared_warning, must_use = "of it")]
    #[cfg_attr(undeclared_age, deprecated)]
    pub fn warned(&self) -> u8 {
        1
    }

    #[cfg_attr(undeclared_reason, concurrent_object(skip))]
    pub fn skipped(&self) {}
}

fn main() {}
