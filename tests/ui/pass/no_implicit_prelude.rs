//! A crate without the prelude of the standard library.
#![no_implicit_prelude]
#![deny(warnings)]

use ::concurrent_object::concurrent_object;

pub struct Thing(u32);

#[concurrent_object]
impl Thing {
    pub fn new(value: u32) -> ::core::result::Result<Self, ::std::string::String> {
        ::core::result::Result::Ok(Self(value))
    }

    pub fn open(name: &str) -> ::core::option::Option<Self> {
        let _ = name;
        ::core::option::Option::None
    }

    pub fn get(&self, more: &[u32], text: ::core::option::Option<&str>) -> u32 {
        let _ = (more, text);
        self.0
    }

    pub fn text(&self) -> &str {
        ""
    }
}

fn main() {
    let refused = ThingProxy::builder("thing").slots(2).start(1);
    ::std::assert!(refused.is_err());
    ::std::assert!(ThingProxy::builder("thing").start_open("name").is_err());
}
