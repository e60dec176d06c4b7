//! Chooses the adapter of a type whose tokens name a type without serde.
//!
//! Problem: the macro sees that a type is called `Ordering`, but not whether it is the standard
//! library's. A type of the user may have that name, and serde's traits.
//!
//! Way: *autoderef specialization*. Generated code calls `Pick::<Ordering, …>::new(()).adapter()`.
//! Method lookup first finds the function of [`Pick`], which exists only for a type that serde can
//! send. Otherwise it dereferences, and finds the function of [`Otherwise`], which needs a type of
//! the standard library. This needs the concrete type, so the call is in generated code.
//!
//! A part that cannot be sent must be one error. So the type of its adapter is a parameter of
//! [`Leaf`] and [`Known`], which the compiler infers. For such a part it infers none, and then
//! reports no bound on the whole adapter. A second impl, which never applies, keeps the compiler
//! from inferring the type from the only impl.
//!
//! Knows adapters; must not know messages.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::io::SeekFrom;
use std::marker::PhantomData;
use std::ops::{ControlFlow, Deref};
use std::process::ExitStatus;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::wire::{Composite, Itself, Standard};

/// A part of a type that is sent by its own `Serialize` and `Deserialize`, with the adapter `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go to another process, or come back from there, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait Leaf<Method, A> {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Method> Leaf<Method, Itself> for T {}
#[diagnostic::do_not_recommend]
impl<T: Never, Method> Leaf<Method, NoAdapter> for T {}

/// The same for a part that borrows from the message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another process, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same, and a reference inside another type can only be `&str`",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait BorrowingLeaf<'m, Method, A> {}

#[diagnostic::do_not_recommend]
impl<'m, T: Serialize + Deserialize<'m>, Method> BorrowingLeaf<'m, Method, Itself> for T {}
#[diagnostic::do_not_recommend]
impl<T: Never, Method> BorrowingLeaf<'_, Method, NoAdapter> for T {}

/// Implemented for no type.
pub trait Never {}

/// The adapter of no type.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAdapter;

/// Returns the adapter of a part that is sent by its own implementation.
pub fn leaf<T: Leaf<Method, A>, Method, A: Default>() -> A {
    A::default()
}

/// Returns the adapter of such a part if it borrows.
pub fn borrowing_leaf<'m, T: BorrowingLeaf<'m, Method, A>, Method, A: Default>() -> A {
    A::default()
}

/// A type of the standard library that has the adapter `A`, if its type arguments have the adapters
/// `P`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go to another process, or come back from there, as `{Method}` asks",
    label = "this needs `serde::Serialize` and `serde::Deserialize`",
    note = "it is not the type of the standard library that can be sent without `serde`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to it, or turn on the `serde` feature of the crate it comes from; the types inside it need the same",
    note = "or name the form in which it is sent with `carry` on the impl block, or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait Known<Method, P, A> {}

#[diagnostic::do_not_recommend]
impl<Method> Known<Method, (), Standard> for Ordering {}
#[diagnostic::do_not_recommend]
impl<Method> Known<Method, (), Standard> for Instant {}
#[diagnostic::do_not_recommend]
impl<Method> Known<Method, (), Standard> for SeekFrom {}
#[diagnostic::do_not_recommend]
impl<Method> Known<Method, (), Standard> for ExitStatus {}

macro_rules! known_containers {
    ($(<$($parameter:ident $(: ?$unsized:ident)?),*> $type:ty, $($part:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter $(: ?$unsized)?,)* $($part,)* Method>
            Known<Method, ($($part,)*), Composite<($($part,)*)>> for $type {}
    )*};
}

known_containers! {
    <T> Option<T>, A;
    <T> Vec<T>, A;
    <T> VecDeque<T>, A;
    <T> LinkedList<T>, A;
    <T> BinaryHeap<T>, A;
    <T> BTreeSet<T>, A;
    <T, H> HashSet<T, H>, A;
    <T> Poll<T>, A;
    <T: ?Sized> Box<T>, A;
    <T: ?Sized> Rc<T>, A;
    <T: ?Sized> Arc<T>, A;
    <T, E> Result<T, E>, A B;
    <B> ControlFlow<B>, A;
    <T, U> ControlFlow<T, U>, A B;
    <K, V, H> HashMap<K, V, H>, A B;
    <K, V> BTreeMap<K, V>, A B;
}

#[diagnostic::do_not_recommend]
impl<T: ToOwned + ?Sized, A, Method> Known<Method, (A,), Composite<(A,)>> for Cow<'_, T> {}

/// `io::Result<T>`, or another alias whose tokens do not show the error.
#[diagnostic::do_not_recommend]
impl<T, E: Serialize + DeserializeOwned, A, Method> Known<Method, (A,), Composite<(A,)>> for Result<T, E> {}
#[diagnostic::do_not_recommend]
impl<T, E: Never, A, Method> Known<Method, (A,), NoAdapter> for Result<T, E> {}

/// The first choice: the type itself has serde's traits.
#[derive(Debug)]
pub struct Pick<T, Method, P>(Otherwise<T, Method, P>);

/// The last choice: a type of the standard library.
#[derive(Debug)]
pub struct Otherwise<T, Method, P>(P, PhantomData<fn(T, Method)>);

impl<T, Method, P> Pick<T, Method, P> {
    /// Begins the choice. `parts` are the adapters of the type arguments.
    pub fn new(parts: P) -> Self {
        Self(Otherwise(parts, PhantomData))
    }
}

impl<T: Serialize + DeserializeOwned, Method, P> Pick<T, Method, P> {
    /// Chooses the type's own implementation.
    pub fn adapter(&self) -> Itself {
        Itself
    }
}

impl<T, Method, P> Deref for Pick<T, Method, P> {
    type Target = Otherwise<T, Method, P>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T, Method, P> Otherwise<T, Method, P> {
    /// Chooses the adapter of the standard library's type.
    pub fn adapter<A: Default>(&self) -> A
    where
        T: Known<Method, P, A>,
    {
        A::default()
    }
}
