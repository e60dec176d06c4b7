//! Arguments and results that are sent with an adapter.
//!
//! Knows the writers and readers of messages; must not know how an adapter is chosen.

use std::fmt;
use std::marker::PhantomData;

use crate::child::{Answer, ArgumentReader, Reply};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::protocol::failure::Failure;
use crate::protocol::methods::ResultReader;
use crate::proxy::call::{self, Call, Target};
use crate::proxy::items::{self, Items};
use crate::wire::{Adapted, ReadAs, Reads, Writes};

/// Sends values of the type `T` with the adapter `A`. For a slice, `T` is the slice where it is
/// written, and a `Vec` where it is read.
pub struct TypeCarrier<T: ?Sized, A>(PhantomData<A>, PhantomData<fn(&T)>);

impl<T: ?Sized, A> TypeCarrier<T, A> {
    /// Returns the carrier. The argument only determines its type.
    pub fn new(_: A) -> Self {
        Self(PhantomData, PhantomData)
    }

    /// Returns what encodes a borrowed result, if `A` can write it.
    pub fn lent<'v>(&self, value: &'v T) -> Adapted<'v, T, A> {
        Adapted::new(value)
    }
}

// The bounds are on the functions, not on the impls. So the compiler reports the bound, and not a
// function that does not exist.

impl<T: ?Sized, A> TypeCarrier<T, A> {
    /// Writes an argument in the parent.
    pub fn put(&self, value: &T, name: &'static str, arguments: &mut ArgumentWriter<'_>)
    where
        A: Writes<T>,
    {
        arguments.put(name, &Adapted::<T, A>::new(value));
    }

    /// Writes an optional argument in the parent.
    pub fn put_option(&self, value: Option<&T>, name: &'static str, arguments: &mut ArgumentWriter<'_>)
    where
        A: Writes<T>,
    {
        arguments.put_option(name, value.map(Adapted::<T, A>::new).as_ref());
    }

    /// Writes the changed argument in the child.
    pub fn put_back(&self, value: &T, answer: &mut Answer<'_>) -> Result<(), Failure>
    where
        A: Writes<T>,
    {
        answer.put(&Adapted::<T, A>::new(value))
    }

    /// Sends the result from the child.
    pub fn send(&self, value: &T, reply: &mut Reply<'_>) -> Result<(), Failure>
    where
        A: Writes<T>,
    {
        reply.send(&Adapted::<T, A>::new(value))
    }
}

impl<T, A> TypeCarrier<T, A> {
    /// Reads an argument in the child.
    pub fn take<'m>(&self, name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<T, Failure>
    where
        A: Reads<'m, T>,
    {
        arguments.take::<ReadAs<T, A>>(name).map(ReadAs::into_inner)
    }

    /// Reads an optional argument in the child.
    pub fn take_option<'m>(&self, name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<T>, Failure>
    where
        A: Reads<'m, T>,
    {
        if arguments.take::<bool>(name)? { self.take(name, arguments).map(Some) } else { Ok(None) }
    }

    /// Submits a call in the parent.
    pub fn call(&self, target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<T>
    where
        A: for<'m> Reads<'m, T>,
    {
        call::read_by(call::submit(target, method, write), |result| Self(PhantomData, PhantomData).end(result))
    }

    /// Submits a call in the parent of a method that streams such values.
    pub fn items(&self, target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Items<T>
    where
        A: for<'m> Reads<'m, T>,
    {
        items::read_by(target, method, write, |item| Self(PhantomData, PhantomData).end(item))
    }

    /// Reads the result in the parent.
    pub fn end(&self, result: &mut ResultReader<'_>) -> Result<T, Failure>
    where
        A: for<'m> Reads<'m, T>,
    {
        result.take::<ReadAs<T, A>>().map(ReadAs::into_inner)
    }

    /// Reads the result, or a changed argument, in the parent.
    pub fn take_part(&self, result: &mut ResultReader<'_>) -> Result<T, Failure>
    where
        A: for<'m> Reads<'m, T>,
    {
        result.take_part::<ReadAs<T, A>>().map(ReadAs::into_inner)
    }
}

impl<T, A> TypeCarrier<Vec<T>, A> {
    /// Reads a changed slice in the parent. It fails if its length differs from that of `place`.
    pub fn take_slice_back(&self, place: &[T], result: &mut ResultReader<'_>) -> Result<Vec<T>, Failure>
    where
        A: for<'m> Reads<'m, Vec<T>>,
    {
        super::in_out::same_length(self.take_part(result)?, place)
    }
}

impl<T: ?Sized, A> fmt::Debug for TypeCarrier<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypeCarrier")
    }
}
