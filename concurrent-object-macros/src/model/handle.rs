//! Types whose objects stay in the child, while the parent has handles to them.
//!
//! The user lists them, so the macro knows them by their names. A handle can stand in a result
//! inside `Option`, `Result`, `Vec` and tuples.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Path, Type, parse_quote};

use super::part::beside;
use super::types::{peel, same};
use crate::names;
use crate::options::HandleName;

/// A listed type, and the type of its handles.
#[derive(Clone)]
pub(crate) struct HandleType {
    /// `Channel`
    ty: Type,
    /// `ChannelHandle`
    handle: Path,
}

/// The listed types of one block.
#[derive(Clone, Default)]
pub(crate) struct HandleTypes(Vec<HandleType>);

impl HandleTypes {
    /// Returns the types that the option `handles(…)` lists.
    pub(crate) fn of(listed: &[HandleName], object: &Type) -> Self {
        let read = |HandleName { path, handle }: &HandleName| {
            let path = match peel(object) {
                Type::Path(object) if path.is_ident("Self") => &object.path,
                _ => path,
            };
            let named = || path.segments.last().map(|last| beside(path, names::handle(&last.ident)));
            let handle = handle.clone().or_else(named).unwrap_or_else(|| path.clone());
            HandleType { ty: parse_quote!(#path), handle }
        };
        Self(listed.iter().map(read).collect())
    }

    /// Adds the type of a handle's own block: its methods may return and take further ones.
    pub(super) fn add(&mut self, object: &Type) {
        let Type::Path(ty) = peel(object) else { return };
        let Some(last) = ty.path.segments.last().filter(|_| !self.include(object)) else { return };
        let handle = beside(&ty.path, names::handle(&last.ident));
        self.0.push(HandleType { ty: object.clone(), handle });
    }

    /// Whether the block's own type is listed, so that the object itself can be behind a handle.
    pub(crate) fn include(&self, object: &Type) -> bool {
        self.handle_of(object).is_some()
    }

    /// Whether the block lists none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the type of handles to `ty`.
    pub(crate) fn handle_of(&self, ty: &Type) -> Option<&Path> {
        self.0.iter().find(|listed| same(peel(ty), &listed.ty)).map(|listed| &listed.handle)
    }

    /// Returns a listed type inside `ty`, wherever it is.
    pub(crate) fn anywhere_in(&self, ty: &Type) -> Option<Type> {
        struct Finder<'h>(&'h HandleTypes, Option<Type>);
        impl Visit<'_> for Finder<'_> {
            fn visit_type(&mut self, ty: &Type) {
                match self.0.handle_of(ty) {
                    Some(_) => self.1 = self.1.take().or_else(|| Some(ty.clone())),
                    None => visit::visit_type(self, ty),
                }
            }
        }
        let mut finder = Finder(self, None);
        finder.visit_type(ty);
        finder.1
    }
}

/// How a method takes the object of a handle.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandleUse {
    /// `channel: &Channel`
    Shared,
    /// `channel: &mut Channel`
    Changed,
    /// `channel: Channel`
    Taken,
}

/// Returns the listed type behind an argument's type, its handle, and how the method takes it.
pub(super) fn as_handle_argument(ty: &Type, handles: &HandleTypes) -> Option<(Type, Path, HandleUse)> {
    let (inner, used) = match peel(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => (&*reference.elem, HandleUse::Changed),
        Type::Reference(reference) => (&*reference.elem, HandleUse::Shared),
        other => (other, HandleUse::Taken),
    };
    let handle = handles.handle_of(inner)?.clone();
    let inner: Type = syn::parse2(inner.to_token_stream()).ok()?;
    Some((inner, handle, used))
}
