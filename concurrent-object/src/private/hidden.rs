//! Types with a lifetime that is not written, in the signature of a function that is on the proxy
//! only if its types can be sent.
//!
//! Problem: in `fn lines(&self) -> Lines`, the type may have a lifetime that is not written. Only a
//! function's signature may leave it out. An enum and a where clause may not.
//!
//! Way: the type is the result of the function pointer `fn(&()) -> Lines`, whose lifetime is that
//! of its argument. [`Elided`] makes it `'static`. A type without a lifetime is itself. If it has
//! one, then the function cannot be called on the proxy, because `Lines<'static>` cannot be sent.
//! But the result of the user's function has another type. So [`Submits`] and [`Sends`], and
//! [`Puts`] and [`Takes`] for arguments, are chosen by *autoderef specialization*, as in
//! [`conditional`](super::conditional): their last choice accepts any type.
//!
//! Knows calls and replies; must not know the form of a message.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::conditional::refusal;
use crate::child::{Answer, ArgumentReader, Reply};
use crate::parent::calls::arguments::ArgumentWriter;
use crate::protocol::failure::Failure;
use crate::proxy::call::{self, Call, Target};

/// A function pointer with one argument.
pub trait Elision<A> {
    /// What it returns.
    type Output;
}

impl<F: FnOnce(A) -> R, A, R> Elision<A> for F {
    type Output = R;
}

/// `Lines<'m>` for `fn(&()) -> Lines`
pub type Elided<'m, F> = <F as Elision<&'m ()>>::Output;

/// The first choice: a call whose result can be sent.
pub struct Submits<T>(NoSubmits<T>);

/// The last choice: a call that no program makes.
pub struct NoSubmits<T>(PhantomData<fn() -> T>);

impl<T> Submits<T> {
    /// Begins the choice.
    #[expect(clippy::new_without_default, reason = "only generated code creates it")]
    #[must_use]
    pub fn new() -> Self {
        Self(NoSubmits(PhantomData))
    }
}

impl<T: Serialize + DeserializeOwned> Submits<T> {
    /// Submits a call in the parent.
    #[inline]
    pub fn call(&self, target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<T> {
        call::make(target, method, write)
    }
}

impl<T> NoSubmits<T> {
    /// Submits a call whose outcome is always an error.
    pub fn call(&self, target: impl Target, method: u32, write: impl FnOnce(&mut ArgumentWriter<'_>)) -> Call<T> {
        call::read_by(call::submit(target, method, write), |_| Err(refusal()))
    }
}

impl<T> Deref for Submits<T> {
    type Target = NoSubmits<T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The first choice: a result that can be encoded.
pub struct Sends<'r, T: ?Sized>(NoSends<'r, T>);

/// The last choice: a result of a call that no program makes.
pub struct NoSends<'r, T: ?Sized>(&'r T);

impl<'r, T: ?Sized> Sends<'r, T> {
    /// Begins the choice.
    pub fn new(value: &'r T) -> Self {
        Self(NoSends(value))
    }
}

impl<T: Serialize + ?Sized> Sends<'_, T> {
    /// Sends the result from the child.
    pub fn send(&self, reply: &mut Reply<'_>) -> Result<(), Failure> {
        reply.send(self.0.0)
    }

    /// Writes the result in the child, before the changed arguments.
    pub fn put(&self, answer: &mut Answer<'_>) -> Result<(), Failure> {
        answer.put(self.0.0)
    }
}

impl<T: ?Sized> NoSends<'_, T> {
    /// Refuses the result.
    pub fn send(&self, _: &mut Reply<'_>) -> Result<(), Failure> {
        Err(refusal())
    }

    /// Refuses the result.
    pub fn put(&self, _: &mut Answer<'_>) -> Result<(), Failure> {
        Err(refusal())
    }
}

impl<'r, T: ?Sized> Deref for Sends<'r, T> {
    type Target = NoSends<'r, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// An argument that can be sent, with `'static` in place of its lifetime.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same, and a reference inside another type can only be `&str`",
    note = "or keep such objects in the child, and pass a handle: write `opaque(Type)` or `handles(Type)` on the impl block, or `handles(Self)` if it is the object's own type; if no method returns one, add a method that makes one: `fn make(&self) -> Type`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait HiddenArgument<'r, Method> {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Deserialize<'static>, Method> HiddenArgument<'_, Method> for T {}

/// The first choice: an argument that can be encoded.
pub struct Puts<T>(NoPuts<T>);

/// The last choice: an argument of a call that no program makes.
pub struct NoPuts<T>(PhantomData<fn(T)>);

impl<T> Puts<T> {
    /// Begins the choice.
    #[expect(clippy::new_without_default, reason = "only generated code creates it")]
    #[must_use]
    pub fn new() -> Self {
        Self(NoPuts(PhantomData))
    }
}

impl<T: Serialize> Puts<T> {
    /// Writes it in the parent.
    pub fn put(&self, value: &T, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put(name, value);
    }

    /// Writes an optional argument in the parent.
    pub fn put_option(&self, value: Option<&T>, name: &'static str, arguments: &mut ArgumentWriter<'_>) {
        arguments.put_option(name, value);
    }
}

impl<T> NoPuts<T> {
    /// Writes nothing.
    pub fn put(&self, _: &T, _: &'static str, _: &mut ArgumentWriter<'_>) {}

    /// Writes nothing.
    pub fn put_option(&self, _: Option<&T>, _: &'static str, _: &mut ArgumentWriter<'_>) {}
}

impl<T> Deref for Puts<T> {
    type Target = NoPuts<T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The first choice: an argument that can be decoded.
pub struct Takes<'m, T>(NoTakes<'m, T>);

/// The last choice: an argument of a call that no program makes.
pub struct NoTakes<'m, T>(PhantomData<fn(&'m ()) -> T>);

impl<T> Takes<'_, T> {
    /// Begins the choice.
    #[expect(clippy::new_without_default, reason = "only generated code creates it")]
    #[must_use]
    pub fn new() -> Self {
        Self(NoTakes(PhantomData))
    }
}

impl<'m, T: Serialize + Deserialize<'m>> Takes<'m, T> {
    /// Reads it in the child.
    pub fn take(&self, name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<T, Failure> {
        arguments.take(name)
    }

    /// Reads an optional argument in the child.
    pub fn take_option(&self, name: &'static str, arguments: &mut ArgumentReader<'m>) -> Result<Option<T>, Failure> {
        if arguments.take::<bool>(name)? { arguments.take(name).map(Some) } else { Ok(None) }
    }
}

impl<'m, T> NoTakes<'m, T> {
    /// Refuses it.
    pub fn take(&self, _: &'static str, _: &mut ArgumentReader<'m>) -> Result<T, Failure> {
        Err(refusal())
    }

    /// Refuses it.
    pub fn take_option(&self, _: &'static str, _: &mut ArgumentReader<'m>) -> Result<Option<T>, Failure> {
        Err(refusal())
    }
}

impl<'m, T> Deref for Takes<'m, T> {
    type Target = NoTakes<'m, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// `impl Debug` for types whose parameters need not have it
macro_rules! debug {
    ($($name:literal $type:ty, <$($parameter:ident $(: ?$unsized:ident)?),*>;)*) => {$(
        impl<$($parameter $(: ?$unsized)?),*> fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($name)
            }
        }
    )*};
}

debug! {
    "Submits" Submits<T>, <T>;
    "NoSubmits" NoSubmits<T>, <T>;
    "Sends" Sends<'_, T>, <T: ?Sized>;
    "Puts" Puts<T>, <T>;
    "NoPuts" NoPuts<T>, <T>;
    "Takes" Takes<'_, T>, <T>;
    "NoTakes" NoTakes<'_, T>, <T>;
    "NoSends" NoSends<'_, T>, <T: ?Sized>;
}
