//! The complete list of names that generated code may use, and two functions for the benchmarks.
//! It is not part of the public interface, and may change with any version.
//!
//! Knows the forms of generated code; must not decide anything: each function is one call into the
//! module that does the work.
//!
//! Invariant: generated code names nothing of the crate but this module and the public interface.

pub use std::fmt::Formatter;

pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::conditional::{Arm, Conditional, DecodingArm, Refusing};
pub use self::describe::{Chain, Described, Displays, ErrorText, Plain, Sources, Text, ToMessage};
pub use self::function_pointer::FunctionPointer;
pub use self::hidden::{
    Elided, Elision, HiddenArgument, NoPuts, NoSends, NoSubmits, NoTakes, Puts, Sends, Submits, Takes,
};
pub use self::measured::{read_structured, write_structured};
pub use self::parts::{HasPart, ObjectPart, names, number_in, numbers, shape, timeouts, total};
pub use self::travel::{
    Argument, Borrowed, BorrowingLeaf, Cloning, Conversion, Converts, Element, Fallible, InOut, Judged, JudgedPart,
    Known, Leaf, Lent, Never, NoAdapter, Otherwise, Pick, Returned, ReturnedError, ReturnedResult, ReturnedValue,
    Travels, TravelsTo, TypeCarrier, Unwritable, Writable, borrowing_leaf, leaf,
};
pub use self::worded::{DebugWorded, HasText, Worded};
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub use crate::child::entry::init_early;
pub use crate::child::handles::{HandleObject, KeptCopy, Used, check_room, keep, keep_opaque};
pub use crate::child::owner::{Family, ViewOwner, Views, Whole};
pub use crate::child::views::{ViewObject, take_view};
pub use crate::child::{Answer, ArgumentReader, Reply};
pub use crate::error::StartResult;
pub use crate::parent::calls::arguments::ArgumentWriter;
pub use crate::parent::handle_names::HandleNumbers;
pub use crate::protocol::failure::Failure;
pub use crate::protocol::handle_key::HandleKey;
pub use crate::protocol::methods::{Methods, ResultReader};
pub use crate::proxy::builder::Options;
pub use crate::proxy::builder::setters::{SavingStarter, Starter};
pub use crate::proxy::call::{Pending, Reached, Target};
pub use crate::proxy::object_handle::{HandleTarget, ObjectHandle};
pub use crate::proxy::push::Refused;
pub use crate::wire::{
    Adapted, Behind, Composite, Itself, Parameter, Reads, Slice, Standard, Through, ThroughReference, Writes, declare,
};

mod conditional;
mod describe;
mod function_pointer;
mod hidden;
mod measured;
mod parts;
mod travel;
mod worded;

use std::convert::Infallible;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::child::ConcurrentObject;
use crate::error::{CallId, StartError};
use crate::proxy::builder::setters::Builder;
use crate::proxy::call::{self, Call, CallMut};
use crate::proxy::items::{self, Items};
#[cfg(feature = "bridge")]
use crate::proxy::relayed::put_elsewhere;
use crate::proxy::{self, Code, Proxy};

/// What a dispatcher or a decoder returns.
pub type OrFailure<T> = Result<T, Failure>;

/// What `fmt` returns.
pub type Formatted = std::fmt::Result;

/// Refuses a method number that the object does not have.
#[cold]
pub fn no_method<T>(number: u32) -> OrFailure<T> {
    Err(Failure::no_method(number))
}

/// Refuses a constructor number that the object does not have.
#[cold]
pub fn no_constructor<T>(number: u32) -> OrFailure<T> {
    Err(Failure::no_constructor(number))
}

/// Returns a builder for an object of this name.
pub fn builder<S: Starter>(name: impl Into<String>) -> Builder<S> {
    Builder::new(name)
}

/// Starts an object.
pub fn start<T: ConcurrentObject, O: Methods>(
    starter: &(impl Starter + Clone),
    constructor: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Result<Proxy<O>, StartError> {
    let (options, code) = (std::mem::take(starter.clone().options()), Code::of::<T, O>());
    #[cfg(feature = "bridge")]
    let options = put_elsewhere::<O>(options, code);
    proxy::start(options, code, constructor, write)
}

/// Submits a call. The `Call` yields its result. If `target` is the proxy by value, this is the
/// proxy's last call.
#[inline]
pub fn call<T: DeserializeOwned>(
    target: impl Target,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Call<T> {
    call::make(target, method, write)
}

/// Submits a call of a method that streams its items.
pub fn items<T: DeserializeOwned>(
    target: impl Target,
    method: u32,
    write: impl FnOnce(&mut ArgumentWriter<'_>),
) -> Items<T> {
    items::make(target, method, write)
}

/// Returns the call of a method that reports its progress.
pub fn reporting<T, P>(call: Call<T>) -> Call<T, P> {
    call.reporting()
}

/// Returns the items of a method that reports its progress.
pub fn reporting_items<T, P>(items: Items<T>) -> Items<T, P> {
    items.reporting()
}

/// Submits a call of a method that never returns. Its outcome is always an error.
pub fn call_never(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Infallible> {
    call::read_by(call::submit(target, method, write), never)
}

/// Refuses the result of a method that never returns: the child must not send one.
pub fn never(_result: &mut ResultReader<'_>) -> Result<Infallible, Failure> {
    Err(Failure::Malformed { reason: "a result of a method that never returns".into() })
}

/// Submits a call whose outcome the generated code reads itself.
pub fn submit(target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Pending {
    call::submit(target, method, write)
}

/// Wraps a call that has `&mut` arguments. `read` takes the result and the changed arguments, and
/// writes them back to the variables of the caller.
pub fn in_out<'a, T>(
    pending: Pending,
    read: impl FnOnce(&mut ResultReader<'_>) -> Result<T, Failure> + 'a,
) -> CallMut<'a, T> {
    CallMut::new(pending, read)
}

/// Pushes a call. A pull yields its result.
#[inline]
pub fn push<O>(proxy: &Proxy<O>, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Result<CallId, Refused> {
    proxy::push(proxy, method, write)
}

/// Returns the time limit of a method. A limit of zero is a compile error.
#[track_caller]
pub const fn positive(time: Duration) -> Duration {
    assert!(!time.is_zero(), "`timeout` must be greater than zero, since no method can end in zero time");
    time
}

/// Replaces the object by what `change` makes of it. If `change` panics, `held` is left empty.
pub fn replace<T>(held: &mut Option<T>, change: impl FnOnce(T) -> T) {
    *held = held.take().map(change);
}

/// Collects the items of an iterator into the list that is sent.
pub fn collected<I: IntoIterator>(items: I) -> Vec<I::Item> {
    items.into_iter().collect()
}

/// Collects the items of an iterator, each converted by `make`, into the list that is sent.
pub fn collected_by<I: IntoIterator, T>(items: I, make: impl FnMut(I::Item) -> T) -> Vec<T> {
    items.into_iter().map(make).collect()
}

/// Replaces a variable of the caller by the changed value.
pub fn write_back<T>(place: &mut T, changed: T) {
    *place = changed;
}

/// Replaces the elements of a slice of the caller by the changed ones.
pub fn write_slice_back<T>(place: &mut [T], mut changed: Vec<T>) {
    place.swap_with_slice(&mut changed);
}

/// Returns a reference to each element: the child's form of a `&[&T]`.
pub fn each<T>(list: &[T]) -> Vec<&T> {
    list.iter().collect()
}

/// Returns a slice of each element: the child's form of a `&[&[T]]`.
pub fn slices<T>(list: &[Vec<T>]) -> Vec<&[T]> {
    list.iter().map(Vec::as_slice).collect()
}
