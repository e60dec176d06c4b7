//! `Option`, `Result`, `ControlFlow` and `Poll`.

use std::ops::ControlFlow;
use std::task::Poll;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Adapted, Composite, Itself, ReadAs, Reads, Writes};

impl<T, A: Writes<T>> Writes<Option<T>> for Composite<(A,)> {
    fn write<S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(Adapted::<T, A>::new).serialize(serializer)
    }
}

impl<'de, T, A: Reads<'de, T>> Reads<'de, Option<T>> for Composite<(A,)> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Option::<ReadAs<T, A>>::deserialize(deserializer).map(|value| value.map(ReadAs::into_inner))
    }
}

/// The form of a `ControlFlow` in a message.
#[derive(Serialize, Deserialize)]
enum Flow<B, C> {
    Break(B),
    Continue(C),
}

/// The form of a `Poll` in a message.
#[derive(Serialize, Deserialize)]
enum Readiness<T> {
    Ready(T),
    Pending,
}

impl<T, A: Writes<T>> Writes<Poll<T>> for Composite<(A,)> {
    fn write<S: Serializer>(value: &Poll<T>, serializer: S) -> Result<S::Ok, S::Error> {
        let progress = match value {
            Poll::Ready(value) => Readiness::Ready(Adapted::<T, A>::new(value)),
            Poll::Pending => Readiness::Pending,
        };
        progress.serialize(serializer)
    }
}

impl<'de, T, A: Reads<'de, T>> Reads<'de, Poll<T>> for Composite<(A,)> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Poll<T>, D::Error> {
        Ok(match Readiness::<ReadAs<T, A>>::deserialize(deserializer)? {
            Readiness::Ready(value) => Poll::Ready(value.into_inner()),
            Readiness::Pending => Poll::Pending,
        })
    }
}

/// Types with two parameters, of which the second may be left out.
macro_rules! pairs {
    ($($pair:ident: $form:ident, $left:ident, $right:ident;)*) => {$(
        impl<T, U, A: Writes<T>, B: Writes<U>> Writes<$pair<T, U>> for Composite<(A, B)> {
            fn write<S: Serializer>(value: &$pair<T, U>, serializer: S) -> Result<S::Ok, S::Error> {
                let form = match value {
                    $pair::$left(value) => $form::$left(Adapted::<T, A>::new(value)),
                    $pair::$right(value) => $form::$right(Adapted::<U, B>::new(value)),
                };
                form.serialize(serializer)
            }
        }

        impl<'de, T, U, A: Reads<'de, T>, B: Reads<'de, U>> Reads<'de, $pair<T, U>> for Composite<(A, B)> {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<$pair<T, U>, D::Error> {
                Ok(match $form::<ReadAs<T, A>, ReadAs<U, B>>::deserialize(deserializer)? {
                    $form::$left(value) => $pair::$left(value.into_inner()),
                    $form::$right(value) => $pair::$right(value.into_inner()),
                })
            }
        }

        /// `ControlFlow<B>`, or an alias of `Result` with one parameter.
        impl<T, U: Serialize, A: Writes<T>> Writes<$pair<T, U>> for Composite<(A,)> {
            fn write<S: Serializer>(value: &$pair<T, U>, serializer: S) -> Result<S::Ok, S::Error> {
                Composite::<(A, Itself)>::write(value, serializer)
            }
        }

        impl<'de, T, U: Deserialize<'de>, A: Reads<'de, T>> Reads<'de, $pair<T, U>> for Composite<(A,)> {
            fn read<D: Deserializer<'de>>(deserializer: D) -> Result<$pair<T, U>, D::Error> {
                Composite::<(A, Itself)>::read(deserializer)
            }
        }
    )*};
}

pairs! {
    Result: Result, Ok, Err;
    ControlFlow: Flow, Break, Continue;
}
