//! A crate without the prelude of the standard library.
#![no_implicit_prelude]
#![deny(warnings)]

use ::concurrent_object::concurrent_object;

pub struct Thing(u32);

#[derive(::core::clone::Clone)]
pub struct Foreign;

#[concurrent_object(opaque(Foreign, ::std::process::Command))]
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

    pub fn foreign(&self) -> ::core::option::Option<Foreign> {
        ::core::option::Option::None
    }

    pub fn lent(&self) -> ::core::result::Result<&Foreign, ::std::string::String> {
        ::core::result::Result::Ok(&Foreign)
    }

    pub fn take(&self, one: ::core::option::Option<Foreign>, other: ::core::option::Option<&mut Foreign>) -> &Foreign {
        let _ = (one, other);
        &Foreign
    }

    pub fn run(&self, one: ::core::option::Option<&::std::process::Command>, other: &Foreign) {
        let _ = (one, other);
    }

    #[concurrent_object(result = impl ::core::iter::Iterator<Item = char>)]
    pub fn letters(&self) -> ::std::str::Chars<'_> {
        "".chars()
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
