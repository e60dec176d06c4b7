//! Arguments: written in the parent, read in the child.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::failure::Failure;
use crate::link::ArgumentWriter;
use crate::serve::ArgumentReader;
use crate::wire::{Parameter, Slice};

/// `size: (u32, u32)`, `key: &Key`, `key: Option<&Key>`: an argument that is taken out of the message as a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Argument<'m, Method>: Serialize + Deserialize<'m> {
    /// Writes it in the parent.
    #[inline]
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, self);
    }

    /// Writes it in the parent, if it is there.
    #[inline]
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, value);
    }

    /// Reads it in the child.
    #[inline]
    fn take(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self, Failure> {
        arguments.take(name)
    }

    /// Reads it in the child, if it is there.
    #[inline]
    fn take_option(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<Self>, Failure> {
        if arguments.take::<bool>(name)? { arguments.take(name).map(Some) } else { Ok(None) }
    }
}

#[diagnostic::do_not_recommend]
impl<'m, T: Serialize + Deserialize<'m>, Method> Argument<'m, Method> for T {}

/// `frame: &[u8]`: the elements of a slice, which is borrowed from the message if it lies there as in memory.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Element<Method>: Serialize + DeserializeOwned {
    /// Writes the slice in the parent.
    #[inline]
    fn put(slice: &[Self], name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, slice);
    }

    /// Writes the slice in the parent, if it is there.
    #[inline]
    fn put_option(slice: Option<&[Self]>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, slice);
    }

    /// Reads the slice in the child.
    #[inline]
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Slice<'m, Self>, Failure> {
        arguments.borrow::<[Self]>(name)
    }

    /// Reads the slice in the child, if it is there.
    #[inline]
    fn take_option<'m>(
        name: &'static str,
        arguments: &mut ArgumentReader<'m>,
    ) -> Result<Option<Slice<'m, Self>>, Failure> {
        arguments.borrow_option::<[Self]>(name)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Method> Element<Method> for T {}

/// `text: &str`, `file: &Path`: an argument without a size, borrowed from the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Borrowed<Method>: Serialize + Parameter {
    /// Writes it in the parent.
    #[inline]
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, self);
    }

    /// Writes it in the parent, if it is there.
    #[inline]
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, value);
    }

    /// Reads it in the child.
    #[inline]
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self::Held<'m>, Failure>
    where
        Self: 'm,
    {
        arguments.borrow::<Self>(name)
    }

    /// Reads it in the child, if it is there.
    #[inline]
    fn take_option<'m>(
        name: &'static str,
        arguments: &mut ArgumentReader<'m>,
    ) -> Result<Option<Self::Held<'m>>, Failure>
    where
        Self: 'm,
    {
        arguments.borrow_option::<Self>(name)
    }
}

#[diagnostic::do_not_recommend]
impl<X: Serialize + Parameter + ?Sized, Method> Borrowed<Method> for X {}

/// `words: &[&str]`, `-> Option<&Key>`: what is read as another type than it was written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from"
)]
pub trait Sent<Method>: Serialize {
    /// Writes the argument in the parent.
    #[inline]
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, self);
    }

    /// Writes the argument in the parent, if it is there.
    #[inline]
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, value);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized, Method> Sent<Method> for T {}
