//! What generated code asks of the types in a user's signatures.
//!
//! Each of these types stands, on the user's own tokens, before `as Argument`, `as Element`, `as Borrowed`, `as Sent` or
//! `as Returned`, and nothing else that generated code names has a bound on it. So the compiler's report on a type that
//! cannot travel stands at that type, and however often the type is used, it is the same report and is shown once.

use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{ArgumentReader, ArgumentWriter, Failure, Output, Reply, ResultReader};
use crate::call::Call;
use crate::proxy::Proxy;
use crate::wire::{Parameter, Slice};

/// `size: (u32, u32)`, `key: &Key`, `key: Option<&Key>`: an argument that is taken out of the message as a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Argument<'m>: Sized {
    /// Writes it in the parent.
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes it in the parent, if it is there.
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads it in the child.
    fn take(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self, Failure>;
    /// Reads it in the child, if it is there.
    fn take_option(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<Self>, Failure>;
}

#[diagnostic::do_not_recommend]
impl<'m, T: Serialize + Deserialize<'m>> Argument<'m> for T {
    #[inline]
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, self);
    }

    #[inline]
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, value);
    }

    #[inline]
    fn take(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self, Failure> {
        arguments.take(name)
    }

    #[inline]
    fn take_option(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<Self>, Failure> {
        if arguments.take::<bool>(name)? { arguments.take(name).map(Some) } else { Ok(None) }
    }
}

/// `frame: &[u8]`: the elements of a slice, which is borrowed from the message if it lies there as in memory.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Element: Sized {
    /// Writes the slice in the parent.
    fn put(slice: &[Self], name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes the slice in the parent, if it is there.
    fn put_option(slice: Option<&[Self]>, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads the slice in the child.
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Slice<'m, Self>, Failure>;
    /// Reads the slice in the child, if it is there.
    fn take_option<'m>(
        name: &'static str,
        arguments: &mut ArgumentReader<'m>,
    ) -> Result<Option<Slice<'m, Self>>, Failure>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Element for T {
    #[inline]
    fn put(slice: &[Self], name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, slice);
    }

    #[inline]
    fn put_option(slice: Option<&[Self]>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, slice);
    }

    #[inline]
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Slice<'m, Self>, Failure> {
        arguments.borrow::<[T]>(name)
    }

    #[inline]
    fn take_option<'m>(
        name: &'static str,
        arguments: &mut ArgumentReader<'m>,
    ) -> Result<Option<Slice<'m, Self>>, Failure> {
        arguments.borrow_option::<[T]>(name)
    }
}

/// `text: &str`, `file: &Path`: an argument without a size, borrowed from the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Borrowed {
    /// What the child holds while the method runs.
    type Held<'m>: Deref<Target = Self>
    where
        Self: 'm;
    /// Writes it in the parent.
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes it in the parent, if it is there.
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads it in the child.
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self::Held<'m>, Failure>;
    /// Reads it in the child, if it is there.
    fn take_option<'m>(
        name: &'static str,
        arguments: &mut ArgumentReader<'m>,
    ) -> Result<Option<Self::Held<'m>>, Failure>;
}

#[diagnostic::do_not_recommend]
impl<X: Serialize + Parameter + ?Sized> Borrowed for X {
    type Held<'m>
        = X::Held<'m>
    where
        X: 'm;

    #[inline]
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, self);
    }

    #[inline]
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, value);
    }

    #[inline]
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self::Held<'m>, Failure> {
        arguments.borrow::<X>(name)
    }

    #[inline]
    fn take_option<'m>(
        name: &'static str,
        arguments: &mut ArgumentReader<'m>,
    ) -> Result<Option<Self::Held<'m>>, Failure> {
        arguments.borrow_option::<X>(name)
    }
}

/// `words: &[&str]`, `-> Option<&Key>`: what is read as another type than it was written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process",
    label = "this needs `serde::Serialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Sent {
    /// Writes the argument in the parent.
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes the argument in the parent, if it is there.
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Sends the result from the child.
    fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Sent for T {
    #[inline]
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, self);
    }

    #[inline]
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, value);
    }

    #[inline]
    fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure> {
        reply.send(self)
    }
}

/// `-> Vec<Detection>`: a result that borrows nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot come back from another process",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Returned: Sized {
    /// Makes a call in the parent.
    fn call<O: Output>(proxy: &Proxy<O>, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Self>;
    /// Sends it from the child.
    fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure>;
    /// Reads it in the parent.
    fn take(result: &mut ResultReader<'_>) -> Result<Self, Failure>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Returned for T {
    #[inline]
    fn call<O: Output>(proxy: &Proxy<O>, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<Self> {
        super::call(proxy, method, write)
    }

    #[inline]
    fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure> {
        reply.send(self)
    }

    #[inline]
    fn take(result: &mut ResultReader<'_>) -> Result<Self, Failure> {
        result.take()
    }
}
