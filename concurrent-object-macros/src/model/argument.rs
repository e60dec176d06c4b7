//! One argument of a function, and how it gets from the parent to the child.

use syn::ext::IdentExt;
use syn::{Ident, Pat, PatType, Type};

use super::known::is_known;
use super::lifetimes::{contains_lifetime, elide_lifetimes};
use super::types::{as_mutable_reference, as_option, as_reference, as_vec, contains_impl, is_str, is_text, peel};
use crate::names;

/// An argument, under the one name that it has in all that is generated.
pub(crate) struct Argument {
    /// The user's tokens.
    pub(crate) original: PatType,
    pub(crate) name: Ident,
    /// Its type on the proxy: `Self` is the object's type by name, and all lifetimes are elided.
    pub(crate) ty: Type,
    pub(crate) passing: Passing,
    /// Whether it is an `Option` of a reference.
    pub(crate) optional: bool,
    /// Whether the function leaves its type to be inferred: `impl Trait`, for which one was chosen.
    pub(crate) inferred: bool,
    /// Whether anyone knows that it can travel, so that no message about that is needed.
    pub(crate) known: bool,
}

/// How an argument travels. `Option<&T>` goes as `&T` does, if it is there.
pub(crate) enum Passing {
    /// `size: (u32, u32)`: taken out of the message as it is.
    Value,
    /// `key: &Key`: taken out of the message, then lent to the method.
    Lent(Type),
    /// `frame: &[u8]`: a borrow of the message, as far as that can be. Holds the element.
    Slice(Type),
    /// `text: &str`: a borrow of the message.
    Held(Type),
    /// `keys: &[&Key]`, `keys: Vec<&Key>`: built in the child, which refers to what it built. Holds what is referred to.
    Each(Type, Holder),
    /// `channels: &[&[f32]]`: the same for slices. Holds their element.
    Slices(Type, Holder),
    /// `image: &mut Image`: written back from what the method made of it.
    InOut(Type),
    /// `samples: &mut [f32]`: the same for a slice. Holds the element.
    InOutSlice(Type),
}

/// Whether a list of references is itself lent to the method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Slice,
    Vec,
}

impl Argument {
    /// `resolved` is its type as it reads outside the impl block; `spare` its name if it has none.
    pub(crate) fn read(original: &PatType, resolved: &Type, spare: &Ident) -> Self {
        let mut ty = resolved.clone();
        elide_lifetimes(&mut ty);
        let optional = as_option(&ty).and_then(as_reference);
        let passing = match as_mutable_reference(&ty) {
            Some(inner) => Passing::of_mutable_reference(inner),
            None => Passing::of_references(&ty)
                .unwrap_or_else(|| as_reference(&ty).or(optional).map_or(Passing::Value, Passing::of_reference)),
        };
        let has_known_form = match &passing {
            Passing::Value | Passing::Held(_) => true,
            Passing::Lent(inner) | Passing::Slice(inner) => !contains_lifetime(inner),
            _ => false,
        };
        Self {
            original: original.clone(),
            name: pattern_name(&original.pat).map_or_else(|| spare.clone(), |name| names::call(&name)),
            optional: optional.is_some(),
            inferred: contains_impl(&original.ty),
            known: is_known(as_option(&ty).filter(|_| optional.is_some()).unwrap_or(&ty)) && has_known_form,
            passing,
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
    /// How a list of references travels, unless the references themselves can be read from the message.
    fn of_references(ty: &Type) -> Option<Self> {
        let (list, holder) = match as_reference(ty).map(peel) {
            Some(Type::Slice(slice)) => (&*slice.elem, Holder::Slice),
            _ => (as_vec(ty)?, Holder::Vec),
        };
        let referred = as_reference(list).filter(|inner| !is_str(inner) && !contains_lifetime(inner))?;
        Some(match peel(referred) {
            Type::Slice(slice) => Self::Slices((*slice.elem).clone(), holder),
            // These are read as references.
            other if is_text(other) => return None,
            other => Self::Each(other.clone(), holder),
        })
    }

    /// How `&mut ty` travels.
    fn of_mutable_reference(ty: &Type) -> Self {
        match peel(ty) {
            Type::Slice(slice) => Self::InOutSlice((*slice.elem).clone()),
            _ => Self::InOut(ty.clone()),
        }
    }

    /// How `&ty` travels.
    fn of_reference(ty: &Type) -> Self {
        match peel(ty) {
            Type::Slice(slice) => Self::Slice((*slice.elem).clone()),
            _ if is_text(ty) => Self::Held(ty.clone()),
            _ => Self::Lent(ty.clone()),
        }
    }
}

/// `frame` of `mut frame`; a pattern that takes its value apart has no name.
pub(super) fn pattern_name(pattern: &Pat) -> Option<Ident> {
    match pattern {
        Pat::Ident(pattern) => Some(pattern.ident.clone()),
        _ => None,
    }
}
