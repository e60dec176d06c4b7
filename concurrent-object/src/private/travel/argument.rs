//! Arguments: encoded in the parent, decoded in the child.
//!
//! Knows the writer and the reader of arguments; must not know the form of a message.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::child::ArgumentReader;
use crate::parent::calls::arguments::ArgumentWriter;
use crate::protocol::failure::Failure;
use crate::wire::{Parameter, Slice};

/// `size: (u32, u32)`, `key: &Key`, `key: Option<&Key>`: an argument that is decoded as a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same, and a reference inside another type can only be `&str`",
    note = "or keep such objects in the child, and pass a handle: write `opaque(Type)` or `handles(Type)` on the impl block, or `handles(Self)` if it is the object's own type; if no method returns one, add a method that makes one: `fn make(&self) -> Type`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait Argument<'m, Method>: Sized {
    /// Writes it in the parent.
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes an optional argument in the parent.
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads it in the child.
    fn take(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self, Failure>;
    /// Reads an optional argument in the child.
    fn take_option(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<Self>, Failure>;
}

#[diagnostic::do_not_recommend]
impl<'m, T: Serialize + Deserialize<'m>, Method> Argument<'m, Method> for T {
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

/// `frame: &[u8]`: the elements of a slice. The child borrows them from the message if their bytes
/// there are those of the slice in memory.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same, and a reference inside another type can only be `&str`",
    note = "or keep such objects in the child, and pass a handle: write `opaque(Type)` or `handles(Type)` on the impl block, or `handles(Self)` if it is the object's own type; if no method returns one, add a method that makes one: `fn make(&self) -> Type`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait Element<'m, Method>: Sized {
    /// Writes the slice in the parent.
    fn put(slice: &[Self], name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes an optional slice in the parent.
    fn put_option(slice: Option<&[Self]>, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads the slice in the child.
    fn take(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Slice<'m, Self>, Failure>;
    /// Reads an optional slice in the child.
    fn take_option(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<Slice<'m, Self>>, Failure>;
    /// Writes the targets of a `&[&T]` in the parent.
    fn put_each(list: &[&Self], name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads the targets of a `&[&T]` in the child.
    fn take_each(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Vec<Self>, Failure>;
    /// Writes the slices of a `&[&[T]]` in the parent.
    fn put_slices(list: &[&[Self]], name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads the slices of a `&[&[T]]` in the child.
    fn take_slices(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Vec<Vec<Self>>, Failure>;
}

#[diagnostic::do_not_recommend]
impl<'m, T: Serialize + Deserialize<'m>, Method> Element<'m, Method> for T {
    fn put_each(list: &[&Self], name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, list);
    }

    fn take_each(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Vec<Self>, Failure> {
        arguments.take(name)
    }

    fn put_slices(list: &[&[Self]], name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, list);
    }

    fn take_slices(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Vec<Vec<Self>>, Failure> {
        arguments.take(name)
    }

    #[inline]
    fn put(slice: &[Self], name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, slice);
    }

    #[inline]
    fn put_option(slice: Option<&[Self]>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, slice);
    }

    #[inline]
    fn take(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Slice<'m, Self>, Failure> {
        arguments.borrow_slice(name)
    }

    #[inline]
    fn take_option(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<Slice<'m, Self>>, Failure> {
        if arguments.take::<bool>(name)? { arguments.borrow_slice(name).map(Some) } else { Ok(None) }
    }
}

/// `text: &str`, `file: &Path`: an unsized argument, borrowed from the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same, and a reference inside another type can only be `&str`",
    note = "or keep such objects in the child, and pass a handle: write `opaque(Type)` or `handles(Type)` on the impl block, or `handles(Self)` if it is the object's own type; if no method returns one, add a method that makes one: `fn make(&self) -> Type`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait Borrowed<'r, Method> {
    /// The value that the child keeps while the method runs.
    type Held<'m>: Deref<Target = Self>
    where
        Self: 'm;
    /// Writes it in the parent.
    fn put(&self, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Writes an optional argument in the parent.
    fn put_option(value: Option<&Self>, name: &'static str, arguments: &mut ArgumentWriter<'_>);
    /// Reads it in the child.
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Self::Held<'m>, Failure>;
    /// Reads an optional argument in the child.
    fn take_option<'m>(
        name: &'static str,
        arguments: &mut ArgumentReader<'m>,
    ) -> Result<Option<Self::Held<'m>>, Failure>;
}

#[diagnostic::do_not_recommend]
impl<X: Serialize + Parameter + ?Sized, Method> Borrowed<'_, Method> for X {
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
    fn take<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<X::Held<'m>, Failure> {
        arguments.borrow::<X>(name)
    }

    #[inline]
    fn take_option<'m>(name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<X::Held<'m>>, Failure> {
        arguments.borrow_option::<X>(name)
    }
}
