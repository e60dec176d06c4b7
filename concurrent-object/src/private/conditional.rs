//! Functions that are on the proxy only if the types in their signatures can be sent.
//!
//! Problem: with `skip_unsupported`, a type without serde must not be an error. But only the
//! compiler knows which types have serde, and it checks all code that the macro generates.
//!
//! Way: the arm of such a function is an impl of [`Arm`] for the object, with a where clause on the
//! types. The compiler accepts a where clause that does not hold if it has a lifetime of its own
//! (`for<'m>`), and the code behind it may rely on the clause. The dispatcher chooses by *autoderef
//! specialization*: method lookup first finds the functions of [`Conditional`], which exist only
//! if the object has the arm. Otherwise it dereferences, and finds those of [`Refusing`]. This
//! needs the concrete types, so the calls are in generated code.
//!
//! In the parent, the functions of the proxy have the same where clause. So the compiler reports a
//! call of a function whose types cannot be sent, and the child does not get one.
//!
//! Knows the forms of a dispatcher's functions; must not know why a type can be sent.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::OrFailure;
use crate::child::owner::{Family, ViewOwner, Whole};
use crate::child::{ArgumentReader, Reply};
use crate::protocol::failure::Failure;
use crate::protocol::handle_key::HandleKey;
use crate::protocol::methods::ResultReader;

/// The dispatcher's code for one function. Each impl has the one method that fits the function.
pub trait Arm<Method>: Sized {
    /// Constructs the object.
    fn construct(arguments: &mut ArgumentReader<'_>) -> OrFailure<Self> {
        let _ = arguments;
        Err(refusal())
    }

    /// Calls a method that borrows the object.
    fn call(&mut self, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> OrFailure<()> {
        let _ = (arguments, reply);
        Err(refusal())
    }

    /// The same for an object from which views borrow.
    fn call_lending(
        owner: &ViewOwner<Whole<Self>>,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> OrFailure<()>
    where
        Self: 'static,
    {
        let _ = (owner, arguments, reply);
        Err(refusal())
    }

    /// The same for a view.
    fn call_view(view: &ViewOwner<Self>, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> OrFailure<()>
    where
        Self: Family,
    {
        let _ = (view, arguments, reply);
        Err(refusal())
    }

    /// Calls a method that takes `self` by value.
    fn consume(self, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> OrFailure<()> {
        let _ = (arguments, reply);
        Err(refusal())
    }

    /// The same for an object behind a handle.
    fn consume_kept(key: HandleKey, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> OrFailure<()> {
        let _ = (key, arguments, reply);
        Err(refusal())
    }

    /// Calls a method that takes `self` by value and returns it.
    fn replace(held: &mut Option<Self>, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> OrFailure<()> {
        let _ = (held, arguments, reply);
        Err(refusal())
    }
}

/// The parent's code that reads the result of one pushed method.
pub trait DecodingArm<Method>: Sized {
    /// Reads the result.
    fn decode(result: &mut ResultReader<'_>) -> OrFailure<Self>;
}

/// The first choice: `T` has the arm.
pub struct Conditional<T, Method>(Refusing<T, Method>);

/// The last choice: no type has it.
pub struct Refusing<T, Method>(PhantomData<fn(T, Method)>);

impl<T, Method> Conditional<T, Method> {
    /// Begins the choice.
    #[expect(clippy::new_without_default, reason = "only generated code creates it")]
    #[must_use]
    pub fn new() -> Self {
        Self(Refusing(PhantomData))
    }
}

impl<T, Method> Deref for Conditional<T, Method> {
    type Target = Refusing<T, Method>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The functions of both choices: those of the first call the arm.
macro_rules! choices {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty, $arm:ident $(+ $more:tt)?;)*) => {$(
        impl<T: $arm<Method> $(+ $more)?, Method> Conditional<T, Method> {
            /// Calls the arm.
            pub fn $name(&self, $($argument: $type),*) -> OrFailure<$result> {
                T::$name($($argument),*)
            }
        }

        impl<T $(: $more)?, Method> Refusing<T, Method> {
            /// Refuses the call.
            pub fn $name(&self, $($argument: $type),*) -> OrFailure<$result> {
                let _ = ($($argument,)*);
                Err(refusal())
            }
        }
    )*};
}

choices! {
    construct(arguments: &mut ArgumentReader<'_>) -> T, Arm;
    call(object: &mut T, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> (), Arm;
    call_lending(owner: &ViewOwner<Whole<T>>, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> (), Arm + 'static;
    call_view(view: &ViewOwner<T>, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> (), Arm + Family;
    consume(object: T, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> (), Arm;
    consume_kept(key: HandleKey, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> (), Arm;
    replace(held: &mut Option<T>, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> (), Arm;
    decode(result: &mut ResultReader<'_>) -> T, DecodingArm;
}

#[cold]
pub(super) fn refusal() -> Failure {
    Failure::Malformed { reason: "a call of a function whose types cannot be sent".into() }
}

impl<T, Method> fmt::Debug for Conditional<T, Method> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Conditional")
    }
}

impl<T, Method> fmt::Debug for Refusing<T, Method> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refusing")
    }
}
