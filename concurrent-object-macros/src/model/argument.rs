//! One argument of a function, and the form in which the parent sends it to the child.

use syn::ext::IdentExt;
use syn::{Ident, Pat, PatType, Type};

use super::adapter::{Adapter, Adapting, innermost};
use super::handle::{HandleArgument, HandleTypes, HandleUse, as_handle_argument};
use super::known::is_known;
use super::lifetimes::{contains_lifetime, elide_lifetimes};
use super::types::{self, as_mutable_reference, as_option, as_reference, as_vec, is_open, is_str, is_text, peel};
use crate::names;
use crate::options::{Carried, Carry};

/// An argument, with the name that it has everywhere in the output.
#[derive(Clone)]
pub(crate) struct Argument {
    /// The user's tokens.
    pub(crate) original: PatType,
    pub(crate) name: Ident,
    /// Its type on the proxy: `Self` is the object's type by name, and all lifetimes are elided.
    pub(crate) ty: Type,
    pub(crate) passing: Passing,
    /// Whether it is an `Option` of a reference, or of a handle.
    pub(crate) optional: bool,
    /// Whether the user wrote `impl Trait` in its type, or `&dyn Trait`.
    pub(crate) inferred: bool,
    pub(crate) preparation: Preparation,
    /// Whether the macro knows that it can be sent, so that the compiler need not check it.
    pub(crate) known: bool,
    /// Whether its type may have a lifetime that is not written, so that no where clause of the
    /// child can name it.
    pub(crate) hides_lifetime: bool,
    /// How its value, or its elements, are sent if a part of them has no `serde`.
    pub(crate) adapter: Option<Adapter>,
    /// Whether it is an object that borrows from another object of the child: `&Statement<'_>`.
    pub(crate) is_view: bool,
}

/// How an argument is sent. The value in an `Option<&T>` is sent as `&T` is.
#[derive(Clone)]
pub(crate) enum Passing {
    /// `size: (u32, u32)`: decoded from the message.
    Value,
    /// `key: &Key`: decoded from the message, then borrowed by the method. Holds `Key`.
    Lent(Type),
    /// `frame: &[u8]`: borrowed from the message where possible. Holds the element type.
    Slice(Type),
    /// `text: &str`: borrowed from the message.
    Held(Type),
    /// `keys: &[&Key]`, `keys: Vec<&Key>`: the child decodes the values and makes a list of
    /// references to them. Holds `Key`.
    Each(Type, Holder),
    /// `channels: &[&[f32]]`: the same for slices. Holds their element type.
    Slices(Type, Holder),
    /// `image: &mut Image`: the parent writes the changed value back.
    InOut(Type),
    /// `samples: &mut [f32]`: the same for a slice. Holds the element type.
    InOutSlice(Type),
    /// `channel: &Channel`: the parent passes a handle. Holds `Channel`.
    Handle(Type, HandleUse),
}

/// How the child changes an argument before it passes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Preparation {
    #[default]
    None,
    /// `&str` -> `&&str`, for `&P`
    Referred,
    /// `fn(u8)` -> `&mut fn(u8)`, for `&mut F`
    Changed,
    /// `Vec<T>` -> `vec::IntoIter<T>`, for an `Iterator`
    Iterated,
    /// `&[u8]` -> `Cursor<&[u8]>`, for `Read + Seek`
    Sought,
}

/// The type of a list of references: `&[&T]` or `Vec<&T>`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Slice,
    Vec,
}

impl Argument {
    /// Reads an argument.
    ///
    /// `resolved` is its type as it is written outside the impl block. `spare` is its name if its
    /// pattern has none.
    ///
    /// `carry` are the types that the user wants in another form.
    pub(crate) fn read(
        original: &PatType,
        resolved: &Type,
        spare: &Ident,
        preparation: Preparation,
        (carry, handles): (&[&Carry], &HandleTypes),
    ) -> Self {
        let mut ty = resolved.clone();
        elide_lifetimes(&mut ty);
        handles.show_lifetimes(&mut ty);
        if let Some(of_handle) = as_handle_argument(&ty, handles) {
            return Self::of_handle(original, spare, of_handle);
        }
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
        let own_name = pattern_name(&original.pat);
        let adapter = passing.sent(&ty).and_then(|sent| find_adapter(sent, own_name.as_ref(), carry));
        let is_known = is_known(as_option(&ty).filter(|_| optional.is_some()).unwrap_or(&ty));
        Self {
            original: original.clone(),
            name: own_name.map_or_else(|| spare.clone(), |name| names::call(&name)),
            optional: optional.is_some(),
            inferred: is_open(&original.ty),
            preparation,
            known: is_known && has_known_form && adapter.is_none(),
            adapter,
            hides_lifetime: false,
            is_view: handles.view_of(as_mutable_reference(&ty).or(as_reference(&ty)).unwrap_or(&ty)).is_some(),
            passing,
            ty,
        }
    }

    /// Whether a type was chosen for its `impl Trait` or `dyn Trait`.
    pub(crate) fn is_chosen(&self) -> bool {
        self.inferred && !is_open(&self.ty)
    }

    fn of_handle(original: &PatType, spare: &Ident, of_handle: HandleArgument) -> Self {
        Self {
            original: original.clone(),
            name: pattern_name(&original.pat).map_or_else(|| spare.clone(), |name| names::call(&name)),
            ty: of_handle.on_the_proxy,
            passing: Passing::Handle(of_handle.kept, of_handle.used),
            optional: of_handle.optional,
            inferred: false,
            known: true,
            adapter: None,
            hides_lifetime: false,
            is_view: false,
            preparation: Preparation::None,
        }
    }

    /// Whether the compiler must find out whether its type can be sent.
    pub(crate) fn is_judged(&self) -> bool {
        self.adapter.as_ref().map_or(!self.known, |adapter| !adapter.judged().is_empty())
    }

    /// Returns its name as it is in messages.
    pub(crate) fn text(&self) -> String {
        self.name.unraw().to_string()
    }

    /// Whether it is passed by value, so that a rejected push returns it to the caller.
    pub(crate) fn is_given_back(&self) -> bool {
        matches!(self.passing, Passing::Value | Passing::Handle(_, HandleUse::Taken)) && !contains_lifetime(&self.ty)
    }
}

impl Passing {
    /// Returns the type of the values that are encoded. `whole` is the type of the argument.
    fn sent<'t>(&'t self, whole: &'t Type) -> Option<&'t Type> {
        match self {
            Self::Value => Some(whole),
            Self::Held(_) | Self::Handle(..) => None,
            Self::Lent(ty)
            | Self::Slice(ty)
            | Self::Each(ty, _)
            | Self::Slices(ty, _)
            | Self::InOut(ty)
            | Self::InOutSlice(ty) => Some(ty),
        }
    }

    /// Returns the form of a list of references. `None` if `ty` is no such list, or if the
    /// references in it can borrow from the message.
    fn of_references(ty: &Type) -> Option<Self> {
        let (list, holder) = match as_reference(ty).map(peel) {
            Some(Type::Slice(slice)) => (&*slice.elem, Holder::Slice),
            _ => (as_vec(ty)?, Holder::Vec),
        };
        let referred = as_reference(list).filter(|inner| !is_str(inner) && !contains_lifetime(inner))?;
        Some(match peel(referred) {
            Type::Slice(slice) => Self::Slices((*slice.elem).clone(), holder),
            // These borrow from the message.
            other if is_text(other) => return None,
            other => Self::Each(other.clone(), holder),
        })
    }

    /// Returns the form of `&mut ty`.
    fn of_mutable_reference(ty: &Type) -> Self {
        match peel(ty) {
            Type::Slice(slice) => Self::InOutSlice((*slice.elem).clone()),
            _ => Self::InOut(ty.clone()),
        }
    }

    /// Returns the form of `&ty`.
    fn of_reference(ty: &Type) -> Self {
        match peel(ty) {
            Type::Slice(slice) => Self::Slice((*slice.elem).clone()),
            _ if is_text(ty) => Self::Held(ty.clone()),
            _ => Self::Lent(ty.clone()),
        }
    }
}

/// Returns the adapter of an argument. An entry of `carry` can name the argument, or a type.
fn find_adapter(sent: &Type, name: Option<&Ident>, carry: &[&Carry]) -> Option<Adapter> {
    let carry = carry.iter().filter_map(|carry| match &carry.of {
        Carried::Named(key) if name.is_some_and(|name| types::is_ident(key, name)) => {
            Some((innermost(sent).clone(), &carry.form))
        }
        Carried::Named(key) => Some(((**key).clone(), &carry.form)),
        Carried::Returned(_) => None,
    });
    Adapting { carry: carry.collect(), is_argument: true }.find(sent)
}

/// Returns `frame` of `mut frame`, or `None` for a pattern that destructures its value.
pub(super) fn pattern_name(pattern: &Pat) -> Option<Ident> {
    match pattern {
        Pat::Ident(pattern) => Some(pattern.ident.clone()),
        _ => None,
    }
}
