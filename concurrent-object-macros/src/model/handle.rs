//! Types whose objects stay in the child, while the parent has handles to them.
//!
//! The user lists them, so the macro knows them by their names. A name without arguments stands for
//! the type with any. A handle can stand in a result inside `Option`, `Result`, `Vec` and tuples,
//! and in an argument inside `Option`. The handles of some types are opaque: they have no methods,
//! so any type can have them.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    GenericArgument, ParenthesizedGenericArguments, Path, PathArguments, Type, TypeFnPtr, parse_quote,
    parse_quote_spanned,
};

use super::lifetimes::{erased, lifetime_arguments};
use super::part::beside;
use super::types::{as_option, is_opaque_handle, peel, same, same_name};
use crate::names;
use crate::options::HandleName;

/// A listed type, and the type of its handles.
#[derive(Clone)]
pub(crate) struct HandleType {
    /// `Channel`, or `Entries<File>` for `Entries<'_, File>`
    ty: Type,
    /// How many lifetimes it is listed with.
    pub(super) lifetimes: usize,
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
pub(crate) struct HandleTypes {
    listed: Vec<HandleType>,
    /// `Statement<'static>`, which stands for `Self` in the block of a handle whose type borrows.
    pub(super) own_view: Option<Type>,
}

impl HandleTypes {
    /// Returns the types that the option `handles(…)` lists.
    pub(crate) fn of(listed: &[HandleName], opaque: &[Type], krate: &Path, object: &Type) -> Self {
        let read = |HandleName { ty, handle }: &HandleName| {
            let handle = handle.clone().or_else(|| named_handle(ty)).unwrap_or_else(|| parse_quote!(Handle));
            HandleType { ty: erased(ty), lifetimes: lifetime_arguments(ty), handle: HandleKind::Named(handle) }
        };
        let read_opaque = |ty: &Type| {
            let ty = if same(ty, &parse_quote!(Self)) { object } else { ty };
            HandleType { ty: ty.clone(), lifetimes: 0, handle: HandleKind::Opaque(parse_quote!(#krate::OpaqueHandle)) }
        };
        let listed = listed.iter().map(read).chain(opaque.iter().map(read_opaque)).collect();
        Self { listed, own_view: None }
    }

    /// Adds the type of a handle's own block: its methods may return and take further ones.
    ///
    /// `object` is `Statement<'static>` for `impl Statement<'_>`.
    pub(super) fn add(&mut self, object: &Type) {
        let (whole, lifetimes) = (erased(object), lifetime_arguments(object));
        self.own_view = (lifetimes > 0).then(|| object.clone());
        if self.include(&whole) {
            return;
        }
        if let Some(handle) = named_handle(object) {
            self.listed.push(HandleType { ty: whole, lifetimes, handle: HandleKind::Named(handle) });
        }
    }

    /// Whether handles to the block's own type have methods.
    pub(crate) fn include(&self, object: &Type) -> bool {
        self.find(object).is_some_and(|listed| matches!(listed.handle, HandleKind::Named(_)))
    }

    /// Whether the block lists none.
    pub(crate) fn is_empty(&self) -> bool {
        self.listed.is_empty()
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

    /// Finds a type without lifetimes.
    pub(super) fn find(&self, ty: &Type) -> Option<&HandleType> {
        let bare = without_arguments(ty);
        let is_listed = |listed: &&HandleType| match listed.handle {
            HandleKind::Named(_) => same(ty, &listed.ty) || bare.as_ref().is_some_and(|bare| same(bare, &listed.ty)),
            HandleKind::Opaque(_) => same_name(peel(ty), &listed.ty),
        };
        self.listed.iter().find(is_listed)
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
            // No object is in a function pointer, or in a type with the bound `Fn(&Channel)`.
            fn visit_type_fn_ptr(&mut self, _: &TypeFnPtr) {}
            fn visit_parenthesized_generic_arguments(&mut self, _: &ParenthesizedGenericArguments) {}
        }
        let mut finder = Finder(self, None);
        finder.visit_type(ty);
        finder.1
    }
}

/// `inner::ChannelHandle` of `inner::Channel`
fn named_handle(ty: &Type) -> Option<Path> {
    let Type::Path(ty) = peel(ty) else { return None };
    ty.path.segments.last().map(|last| beside(&ty.path, names::handle(&last.ident)))
}

/// `Entries` of `Entries<File>`. `None` for a type with lifetimes.
fn without_arguments(ty: &Type) -> Option<Type> {
    let mut bare = peel(ty).clone();
    let Type::Path(path) = &mut bare else { return None };
    let last = path.path.segments.last_mut()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let has_lifetime = arguments.args.iter().any(|argument| matches!(argument, GenericArgument::Lifetime(_)));
    last.arguments = PathArguments::None;
    (!has_lifetime).then_some(bare)
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
