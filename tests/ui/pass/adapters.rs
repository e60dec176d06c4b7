//! Types that are sent with adapters, in a crate that denies all lints and has no prelude.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, dead_code, unused, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]

use ::concurrent_object::concurrent_object;
use ::std::cmp::Ordering;
use ::std::option::Option;
use ::std::result::Result;
use ::std::sync::Arc;
use ::std::vec::Vec;

/// A type whose name generated code could use for a parameter.
#[derive(Debug)]
pub struct S(pub u32);

/// A type that is converted.
#[derive(Clone, Copy, Debug)]
pub struct D(pub u32);

impl ::std::convert::From<D> for u32 {
    fn from(value: D) -> Self {
        value.0
    }
}

impl ::std::convert::From<u32> for D {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

mod s_as {
    use ::serde::{Deserialize, Deserializer, Serializer};
    use ::std::result::Result;

    pub(crate) fn serialize<T: Serializer>(value: &super::S, serializer: T) -> Result<T::Ok, T::Error> {
        serializer.serialize_u32(value.0)
    }

    pub(crate) fn deserialize<'de, T: Deserializer<'de>>(deserializer: T) -> Result<super::S, T::Error> {
        <u32 as Deserialize<'de>>::deserialize(deserializer).map(super::S)
    }
}

/// Takes what has no serde.
#[derive(Debug)]
pub struct Thing(Ordering);

#[concurrent_object(carry(S = s_as, D = u32))]
impl Thing {
    /// Makes it.
    pub fn new(order: Ordering, row: &[u8; 64], s: S) -> Self {
        let _ = (row, s);
        Self(order)
    }

    /// Changes it.
    pub fn change(&mut self, order: &mut Ordering, list: &[D], more: Option<&[Arc<S>]>) -> Result<Vec<D>, S> {
        let _ = (list, more, order);
        Result::Ok(Vec::new())
    }

    /// Returns it.
    #[must_use]
    pub fn lent(&self) -> Option<&Ordering> {
        Option::Some(&self.0)
    }

    /// Takes the values of one argument in another form.
    #[concurrent_object(carry(value = (u32), return = (u32)))]
    pub fn same(&self, value: D) -> Option<D> {
        Option::Some(value)
    }

    /// Describes it.
    #[must_use]
    #[concurrent_object(result = "text")]
    pub fn described(&self) -> &Self {
        self
    }
}

fn main() {
    let refused = ThingProxy::builder("thing").start(Ordering::Less, &[0; 64], S(1));
    ::std::assert!(refused.is_err());
}
