//! Results of functions that are on the proxy only if their types can be sent.
//!
//! Problem: in `fn lines(&self) -> Lines`, the type may have a lifetime that is not written. Only a
//! function's signature may leave it out. An enum and a where clause may not.
//!
//! Way: the type is the result of the function pointer `fn(&()) -> Lines`, whose lifetime is that
//! of its argument. [`Elided`] makes it `'static`. A type without a lifetime is itself. If it has
//! one, then the function cannot be called on the proxy, because `Lines<'static>` cannot be sent.
//! But the result of the user's function has another type. So [`Submits`] and [`Sends`] are chosen
//! by *autoderef specialization*, as in [`conditional`](super::conditional): their last choice
//! accepts any type.
//!
//! Knows calls and replies; must not know the form of a message.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conditional::refusal;
use crate::child::{Answer, Reply};
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
    "NoSends" NoSends<'_, T>, <T: ?Sized>;
}
