//! One argument of a function, and how it gets from the parent to the child.

use syn::ext::IdentExt;
use syn::{Ident, Pat, PatType, Type, parse_quote};

use super::types::{self, as_option, as_reference, contains_lifetime, last_name, peel};
use crate::names;

/// An argument, under the one name that it has in all that is generated.
pub(crate) struct Argument {
    /// The user's tokens.
    pub(crate) original: PatType,
    pub(crate) name: Ident,
    /// Its type on the proxy: `Self` is the object's type by name, and all lifetimes are elided.
    pub(crate) ty: Type,
    pub(crate) passing: Passing,
}

/// How an argument travels.
pub(crate) enum Passing {
    /// `size: (u32, u32)`: taken out of the message as it is.
    Value,
    /// `frame: &[u8]`: a borrow of the message, as far as that can be.
    Held(Type),
    /// `key: Option<&Key>`: the same, if it is there.
    OptionHeld(Type),
    /// `key: &Key`: taken out of the message, then lent to the method.
    Lent(Type),
    /// `key: Option<&Cow<'_, str>>`: the same, if it is there.
    OptionLent(Type),
    /// `words: Option<&[&str]>`: the same, with a `Vec` to lend from.
    OptionLentSlice(Type),
}

impl Argument {
    pub(crate) fn read(original: &PatType, position: usize, object: &Type) -> Self {
        let mut ty = (*original.ty).clone();
        types::replace_self(&mut ty, object);
        types::elide_lifetimes(&mut ty);
        Self {
            original: original.clone(),
            name: pattern_name(&original.pat).unwrap_or_else(|| names::argument(position)),
            passing: Passing::of(&ty),
            ty,
        }
    }

    /// The name as it stands in messages.
    pub(crate) fn text(&self) -> String {
        self.name.unraw().to_string()
    }

    /// Whether the caller loses it in the call, and gets it back when a push is refused.
    pub(crate) fn is_given_back(&self) -> bool {
        matches!(self.passing, Passing::Value) && !contains_lifetime(&self.ty)
    }
}

impl Passing {
    fn of(ty: &Type) -> Self {
        if let Some(inner) = as_reference(ty) {
            return if is_held(inner) { Self::Held(inner.clone()) } else { Self::Lent(sized(inner)) };
        }
        match as_option(ty).and_then(as_reference) {
            None => Self::Value,
            Some(inner) if !contains_lifetime(inner) => Self::OptionHeld(inner.clone()),
            Some(inner) if matches!(peel(inner), Type::Slice(_)) => Self::OptionLentSlice(sized(inner)),
            Some(inner) => Self::OptionLent(inner.clone()),
        }
    }
}

/// The types that have no size, or whose form in the message can be lent without making a value of it.
fn is_held(ty: &Type) -> bool {
    match peel(ty) {
        Type::Slice(_) => !contains_lifetime(ty),
        Type::Path(_) => last_name(ty).is_some_and(|name| HELD.iter().any(|held| name == held)),
        _ => false,
    }
}

const HELD: [&str; 4] = ["str", "Path", "OsStr", "CStr"];

/// A type that can be taken out of the message and lent as `&ty`: `[&str]` -> `Vec<&str>`, others as they are.
fn sized(ty: &Type) -> Type {
    match peel(ty) {
        Type::Slice(slice) => {
            let element = &slice.elem;
            parse_quote!(::std::vec::Vec<#element>)
        }
        other => other.clone(),
    }
}

/// `frame` of `mut frame`; a pattern that takes its value apart has no name.
fn pattern_name(pattern: &Pat) -> Option<Ident> {
    match pattern {
        Pat::Ident(pattern) => Some(pattern.ident.clone()),
        _ => None,
    }
}
