//! Types that borrow from another object of the child: an object returns them, and the parent has
//! handles to them.
//!
//! Invariant: a view has one lifetime for the child, in each place where its type has one.

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, Lifetime, Path, PathArguments, Type, parse_quote};

use super::handle::HandleTypes;
use super::lifetimes::{contains_lifetime, erased, lifetime_arguments, lifetimes_in, without_lifetimes};
use super::types::{peel, same};

/// A view in a return type.
#[derive(Clone)]
pub(crate) struct ReturnedView {
    /// Its type, with the names of its lifetimes.
    pub(crate) ty: Type,
    /// Whether it borrows from what the block's own view borrows from: `Node<'t>` in
    /// `impl<'t> Node<'t>`, or `Self`.
    pub(crate) shares: bool,
}

impl HandleTypes {
    /// Returns the type of handles to `ty`, which borrows from the object that returned it:
    /// `Statement<'_>` if `Statement` is listed. Also returns `Statement<'static>`, which stands
    /// for the type with any lifetime.
    pub(crate) fn view_of(&self, ty: &Type) -> Option<(Type, Type)> {
        if !matches!(peel(ty), Type::Path(_)) {
            return None;
        }
        let mut shown = ty.clone();
        self.show_lifetimes(&mut shown);
        if !contains_lifetime(&shown) && !self.is_own_view(ty) {
            return None;
        }
        let whole = erased(&shown);
        let handle = self.handle_of(&whole).filter(|_| !self.is_opaque(&whole));
        handle.map(|handle| (without_lifetimes(&shown), handle))
    }

    /// Writes the lifetimes of listed types that the user did not write: `Chunks` -> `Chunks<'_>`,
    /// if `Chunks<'_>` is listed.
    pub(super) fn show_lifetimes(&self, ty: &mut Type) {
        struct Shower<'h>(&'h HandleTypes);
        impl VisitMut for Shower<'_> {
            fn visit_type_mut(&mut self, ty: &mut Type) {
                let missing = if lifetime_arguments(ty) == 0 { self.0.find(ty) } else { None };
                let missing = missing.map_or(0, |listed| listed.lifetimes);
                visit_mut::visit_type_mut(self, ty);
                if let Type::Path(path) = ty {
                    (0..missing).for_each(|_| add_lifetime(&mut path.path));
                }
            }
        }
        Shower(self).visit_type_mut(ty);
    }

    /// Returns the views in a return type. `own` are the lifetimes of the impl block.
    pub(super) fn views_in(&self, ty: &Type, own: &[Lifetime]) -> Vec<ReturnedView> {
        struct Finder<'h>(Vec<Type>, &'h HandleTypes);
        impl Visit<'_> for Finder<'_> {
            fn visit_type(&mut self, ty: &Type) {
                match self.1.view_of(ty) {
                    Some(_) => self.0.push(ty.clone()),
                    None => visit::visit_type(self, ty),
                }
            }
        }
        let mut finder = Finder(Vec::new(), self);
        finder.visit_type(ty);
        let shares = |ty: &Type| {
            let lifetimes = lifetimes_in(ty);
            self.is_own_view(ty) || !lifetimes.is_empty() && lifetimes.iter().all(|lifetime| own.contains(lifetime))
        };
        finder.0.into_iter().map(|ty| ReturnedView { shares: shares(&ty), ty }).collect()
    }

    fn is_own_view(&self, ty: &Type) -> bool {
        self.own_view.as_ref().is_some_and(|own| same(own, ty))
    }
}

/// `Entries<File>` -> `Entries<'_, File>`
fn add_lifetime(path: &mut Path) {
    let Some(last) = path.segments.last_mut() else { return };
    let lifetime: GenericArgument = parse_quote!('_);
    match &mut last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.insert(0, lifetime),
        other => *other = PathArguments::AngleBracketed(parse_quote!(<#lifetime>)),
    }
}
