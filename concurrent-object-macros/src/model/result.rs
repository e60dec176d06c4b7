//! What a function gives back: the object itself, or the result of a call.

use syn::{ReturnType, Type, parse_quote};

use super::types::{self, as_option, as_reference, as_result, contains_lifetime, peel};

/// What a constructor gives back.
#[derive(Clone, Copy)]
pub(crate) enum Made {
    /// `-> Self`
    Object,
    /// `-> Result<Self, E>`
    Result,
    /// `-> Option<Self>`
    Option,
}

impl Made {
    /// `None` when the function does not make the object.
    pub(crate) fn read(output: &ReturnType, object: &Type) -> Option<Self> {
        let ReturnType::Type(_, ty) = output else { return None };
        let is_object = |ty: &Type| types::same(ty, object) || types::same(ty, &parse_quote!(Self));
        if is_object(ty) {
            Some(Self::Object)
        } else if as_result(ty).is_some_and(is_object) {
            Some(Self::Result)
        } else if as_option(ty).is_some_and(is_object) {
            Some(Self::Option)
        } else {
            None
        }
    }
}

/// What a method gives back.
pub(crate) struct Returned {
    /// The user's tokens; none for a method without `->`.
    pub(crate) original: Option<Type>,
    /// What arrives in the parent: it borrows nothing.
    pub(crate) owned: Type,
    /// What the child sends: the type itself, or what it refers to.
    pub(crate) sent: Type,
    pub(crate) sending: Sending,
    /// Whether anyone knows that it can travel, so that no message about that is needed.
    pub(crate) known: bool,
}

/// How a result is handed to the reply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// `()`
    Unit,
    /// `&Self` or `&mut Self`, answered with `()`: the object itself stays where it is.
    Chained,
    /// `&str`: already a reference.
    Reference,
    /// `Option<&str>`: a value that borrows.
    Borrowing,
    /// Anything else.
    Value,
}

impl Returned {
    pub(crate) fn read(output: &ReturnType, object: &Type) -> Self {
        let original = match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some((**ty).clone()),
        };
        let mut owned = original.clone().unwrap_or_else(|| parse_quote!(()));
        types::replace_self(&mut owned, object);
        types::elide_lifetimes(&mut owned);
        let sending = Sending::of(&owned, object);
        let known = types::is_known(&owned) || sending == Sending::Chained;
        let sent = as_reference(&owned).unwrap_or(&owned).clone();
        match sending {
            Sending::Chained => owned = parse_quote!(()),
            _ => types::make_owned(&mut owned),
        }
        Self { original, owned, sent, sending, known }
    }
}

impl Sending {
    fn of(ty: &Type, object: &Type) -> Self {
        match peel(ty) {
            Type::Tuple(tuple) if tuple.elems.is_empty() => Self::Unit,
            reference if as_reference(reference).is_some_and(|inner| types::same(inner, object)) => Self::Chained,
            Type::Reference(_) => Self::Reference,
            other if contains_lifetime(other) => Self::Borrowing,
            _ => Self::Value,
        }
    }
}
