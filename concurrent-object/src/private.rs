//! What generated code may name: the complete list. It is no part of the public face and may change with any version.

pub use serde::Serialize;

pub use self::describe::{Chain, Described, Plain, Shown, Sources, Told};
pub use self::travel::{
    Argument, Borrowed, Element, Fallible, InOut, Lent, Returned, ReturnedError, ReturnedResult, ReturnedValue,
    Travels, TravelsTo, Unwritable, Writable,
};
pub use crate::child::entry::init_early;
pub use crate::child::{Answer, ArgumentReader, Reply};
pub use crate::parent::calls::arguments::ArgumentWriter;
pub use crate::protocol::failure::Failure;
pub use crate::protocol::methods::{Methods, ResultReader};
pub use crate::proxy::builder::Options;
pub use crate::proxy::call::{Pending, Reached, Target};
pub use crate::proxy::push::Refused;
pub use crate::wire::{Parameter, Slice, declare};

mod describe;
mod travel;

use std::convert::Infallible;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::child::{ConcurrentObject, entry};
use crate::error::{CallId, StartError};
use crate::proxy::call::{self, Call, CallMut};
use crate::proxy::{self, Code, Proxy};

/// Starts an object.
pub fn start<T: ConcurrentObject, O: Methods>(
    options: Options,
    constructor: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Result<Proxy<O>, StartError> {
    let place = entry::place_of::<T, O>()?;
    proxy::start(options, Code { entry: place.offset, type_name: place.type_name, saves: T::SAVES }, constructor, write)
}

/// Makes a call whose result the `Call` gives. Given the proxy by value, it is the last one.
#[inline]
pub fn call<T: DeserializeOwned>(
    target: impl Target,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Call<T> {
    call::make(target, method, write)
}

/// Makes a call of a method that never returns: its outcome can only be what became of it.
pub fn call_never(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Infallible> {
    call::read_by(call::submit(target, method, write), never)
}

/// Reads what a method returned that never returns.
pub fn never(_result: &mut ResultReader<'_>) -> Result<Infallible, Failure> {
    Err(Failure::Malformed { reason: "a result of a method that never returns".into() })
}

/// Makes a call whose outcome is read by hand.
pub fn submit(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Pending {
    call::submit(target, method, write)
}

/// A call whose `read` takes the result and what the method made of its `&mut` arguments, and writes these back.
pub fn in_out<'a, T>(
    pending: Pending,
    read: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure> + 'a,
) -> CallMut<'a, T> {
    CallMut::new(pending, read)
}

/// Pushes a call whose result a pull gives.
#[inline]
pub fn push<O>(proxy: &Proxy<O>, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Result<CallId, Refused> {
    proxy::push(proxy, method, write)
}

/// The limit of a method, judged when the program is compiled.
#[track_caller]
pub const fn positive(time: Duration) -> Duration {
    assert!(!time.is_zero(), "`timeout` is zero, and no method can end within no time: give a longer time");
    time
}

/// Everything that an iterator has to give, as it travels.
pub fn collected<I: IntoIterator>(items: I) -> Vec<I::Item> {
    items.into_iter().collect()
}

/// The same, with something done to each item.
pub fn collected_by<I: IntoIterator, T>(items: I, make: impl FnMut(I::Item) -> T) -> Vec<T> {
    items.into_iter().map(make).collect()
}

/// Held to everything in a list: a `&[&T]` as the child has it.
pub fn each<T>(list: &[T]) -> Vec<&T> {
    list.iter().collect()
}

/// The same for a `&[&[T]]`.
pub fn slices<T>(list: &[Vec<T>]) -> Vec<&[T]> {
    list.iter().map(Vec::as_slice).collect()
}
