//! Types whose objects stay in the child, while the parent has handles to them.
//!
//! The user lists them, so the macro knows them by their names. A handle can stand in a result
//! inside `Option`, `Result`, `Vec` and tuples, and in an argument inside `Option`. The handles of
//! some types are opaque: they have no methods, so any type can have them.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Path, Type, parse_quote, parse_quote_spanned};

use super::lifetimes::{contains_lifetime, erased, without_lifetimes};
use super::part::beside;
use super::types::{as_option, is_opaque_handle, peel, same, same_name};
use crate::names;
use crate::options::HandleName;

/// A listed type, and the type of its handles.
#[derive(Clone)]
pub(crate) struct HandleType {
    /// `Channel`
    ty: Type,
    handle: HandleKind,
}

#[derive(Clone)]
enum HandleKind {
    /// `ChannelHandle`, which a block of `Channel` with the option `handle` defines
    Named(Path),
    /// `OpaqueHandle<Channel>`. Holds the path of the generic type.
    Opaque(Path),
}

/// The listed types of one block.
#[derive(Clone, Default)]
pub(crate) struct HandleTypes(Vec<HandleType>);

impl HandleTypes {
    /// Returns the types that the option `handles(…)` lists.
    pub(crate) fn of(listed: &[HandleName], opaque: &[Type], krate: &Path, object: &Type) -> Self {
        let read = |HandleName { path, handle }: &HandleName| {
            let path = match peel(object) {
                Type::Path(object) if path.is_ident("Self") => &object.path,
                _ => path,
            };
            let named = || path.segments.last().map(|last| beside(path, names::handle(&last.ident)));
            let handle = handle.clone().or_else(named).unwrap_or_else(|| path.clone());
            HandleType { ty: parse_quote!(#path), handle: HandleKind::Named(handle) }
        };
        let read_opaque = |ty: &Type| {
            let ty = if same(ty, &parse_quote!(Self)) { object } else { ty };
            HandleType { ty: ty.clone(), handle: HandleKind::Opaque(parse_quote!(#krate::OpaqueHandle)) }
        };
        Self(listed.iter().map(read).chain(opaque.iter().map(read_opaque)).collect())
    }

    /// Adds the type of a handle's own block: its methods may return and take further ones.
    ///
    /// `Statement` is added for `Statement<'_>`.
    pub(super) fn add(&mut self, object: &Type) {
        let Type::Path(ty) = peel(object) else { return };
        let Some(last) = ty.path.segments.last().filter(|_| !self.include(object)) else { return };
        let handle = beside(&ty.path, names::handle(&last.ident));
        self.0.push(HandleType { ty: object.clone(), handle: HandleKind::Named(handle) });
    }

    /// Whether handles to the block's own type have methods.
    pub(crate) fn include(&self, object: &Type) -> bool {
        self.find(object).is_some_and(|listed| matches!(listed.handle, HandleKind::Named(_)))
    }

    /// Whether the block lists none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the type of handles to `ty`.
    pub(crate) fn handle_of(&self, ty: &Type) -> Option<Type> {
        self.find(ty).map(|listed| match &listed.handle {
            HandleKind::Named(handle) => parse_quote!(#handle),
            HandleKind::Opaque(generic) => parse_quote_spanned!(ty.span()=> #generic<#ty>),
        })
    }

    /// Whether handles to `ty` have no methods.
    pub(crate) fn is_opaque(&self, ty: &Type) -> bool {
        self.find(ty).is_some_and(|listed| matches!(listed.handle, HandleKind::Opaque(_)))
    }

    fn find(&self, ty: &Type) -> Option<&HandleType> {
        let is_listed = |listed: &&HandleType| match listed.handle {
            HandleKind::Named(_) => same(ty, &listed.ty),
            HandleKind::Opaque(_) => same_name(peel(ty), &listed.ty),
        };
        self.0.iter().find(is_listed)
    }

    /// Returns the type of handles to `ty`, which borrows from the object that returned it:
    /// `Statement<'_>` if `Statement` is listed. Also returns `Statement<'static>`, which stands
    /// for the type with any lifetime.
    pub(crate) fn view_of(&self, ty: &Type) -> Option<(Type, Type)> {
        if !matches!(peel(ty), Type::Path(_)) || !contains_lifetime(ty) {
            return None;
        }
        let whole = erased(ty);
        let handle = self.handle_of(&whole).filter(|_| !self.is_opaque(&whole));
        handle.map(|handle| (without_lifetimes(ty), handle))
    }

    /// Returns a listed type inside `ty`, wherever it is.
    pub(crate) fn anywhere_in(&self, ty: &Type) -> Option<Type> {
        struct Finder<'h>(&'h HandleTypes, Option<Type>);
        impl Visit<'_> for Finder<'_> {
            fn visit_type(&mut self, ty: &Type) {
                match self.0.find(ty) {
                    _ if is_opaque_handle(ty) => {}
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

/// An argument for which the parent passes a handle.
pub(super) struct HandleArgument {
    /// `Channel`
    pub(super) kept: Type,
    pub(super) used: HandleUse,
    /// Whether it is `Option<&Channel>` or the like.
    pub(super) optional: bool,
    /// `&ChannelHandle`
    pub(super) on_the_proxy: Type,
}

/// Reads an argument's type with a listed type in it.
pub(super) fn as_handle_argument(ty: &Type, handles: &HandleTypes) -> Option<HandleArgument> {
    let optional = as_option(ty);
    let (inner, used) = match peel(optional.unwrap_or(ty)) {
        Type::Reference(reference) if reference.mutability.is_some() => (&*reference.elem, HandleUse::Changed),
        Type::Reference(reference) => (&*reference.elem, HandleUse::Shared),
        other => (other, HandleUse::Taken),
    };
    let handle = handles.handle_of(inner)?;
    let handle = if used == HandleUse::Taken { handle } else { parse_quote!(&#handle) };
    let on_the_proxy = if optional.is_some() { parse_quote!(::core::option::Option<#handle>) } else { handle };
    let kept: Type = syn::parse2(inner.to_token_stream()).ok()?;
    Some(HandleArgument { kept, used, optional: optional.is_some(), on_the_proxy })
}
