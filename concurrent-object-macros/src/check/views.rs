//! The rules for views: objects that stay in the child, and borrow from another object there.

use syn::visit::{self, Visit};
use syn::{Lifetime, LifetimeParam, ReceiverKind, Type};

use crate::block::Block;
use crate::errors::{Errors, spelled};
use crate::model::{
    HandleTypes, Method, Object, Taking, Verdict, contains_lifetime, contains_this_lifetime, peel, same,
    without_lifetimes,
};

const ONE_LIFETIME: &str =
    "a view borrows from one object, so it has one lifetime; use a type with one, which contains this one";

/// Reports a type that borrows, unless it is a view that the child can keep.
pub(super) fn check_lifetimes(object: &Object, errors: &mut Errors) {
    match object.is_handle() {
        true => check_view_type(&object.item, errors),
        false => check_borrowing_object(&object.item, errors),
    }
}

/// `impl<'a> View<'a>`, `impl View<'_>`
fn check_borrowing_object(item: &Block, errors: &mut Errors) {
    let borrows = |lifetime: &LifetimeParam| contains_this_lifetime(&item.self_ty, &lifetime.lifetime);
    let named = item.generics.lifetimes().any(borrows);
    if named || contains_lifetime(&item.self_ty) {
        let lasting = spelled(&without_lifetimes(&item.self_ty));
        errors.at(
            &item.self_ty,
            format!(
                "the object outlives every borrow, because it lives in another process; write `impl {lasting}` if all \
                 that it borrows is constant, or let the type own its data; if another object returns it, write \
                 `#[concurrent_object(handle)]`"
            ),
        );
    }
}

/// Reports a view with several lifetimes, or with a lifetime that has bounds.
fn check_view_type(item: &Block, errors: &mut Errors) {
    if has_several(&lifetimes_in(&item.self_ty)) {
        errors.at(&item.self_ty, ONE_LIFETIME);
    }
    for lifetime in item.generics.lifetimes().filter(|lifetime| !lifetime.bounds.is_empty()) {
        errors.at(lifetime, "the child chooses the lifetime of a view, so it has no bounds; remove them");
    }
}

/// Reports methods that return views which the child cannot keep, and methods of views which it
/// cannot call.
pub(super) fn check_views(object: &mut Object, errors: &mut Errors) {
    let own: Vec<Lifetime> = object.item.generics.lifetimes().map(|one| one.lifetime.clone()).collect();
    let mut methods = std::mem::take(&mut object.methods);
    for method in &mut methods {
        let before = errors.count();
        errors.of_function(&method.function.sig.ident, |errors| {
            if method.lends() {
                check_object(object, method, errors);
                check_borrow(object, method, errors);
            }
            if object.view.is_some() {
                check_method_of_view(object, method, &own, errors);
            }
        });
        if errors.count() > before {
            method.function.verdict = Verdict::Refused;
        }
    }
    object.methods = methods;
}

/// Reports a view of an object that has no single dispatcher, or whose state is saved.
fn check_object(object: &Object, method: &Method, errors: &mut Errors) {
    let Some(original) = &method.returned.original else { return };
    if object.is_part() || !object.parts.is_empty() {
        errors.at(original, "an object with parts cannot have views; write all of its methods in one impl block");
    }
    if !object.savers.is_empty() || !object.restorers.is_empty() {
        errors.at(
            original,
            "an object with snapshots cannot have views, because its state could not be saved while one borrows it; \
             remove the snapshots",
        );
    }
}

/// Reports a view that borrows from something else than `self`.
fn check_borrow(object: &Object, method: &Method, errors: &mut Errors) {
    let Some(original) = &method.returned.original else { return };
    if method.taking() != Taking::Borrows {
        return errors.at(original, "a view borrows from the object, so its method takes `&self` or `&mut self`");
    }
    let receiver = receiver_lifetime(method);
    for view in views_in(original, &object.handles) {
        let lifetimes = lifetimes_in(view);
        if has_several(&lifetimes) {
            errors.at(view, ONE_LIFETIME);
            continue;
        }
        let Some(named) = lifetimes.first().filter(|lifetime| lifetime.ident != "_") else { continue };
        let mut arguments = method.function.arguments.iter();
        if receiver != Some(named) || arguments.any(|argument| contains_this_lifetime(&argument.original.ty, named)) {
            errors.at(
                view,
                "a view borrows from `self` alone, because the child keeps it for longer than the arguments; write the \
                 lifetime of `self`, `'_`, and take what else the view needs by value",
            );
        }
    }
}

/// Reports what a method of a view cannot have: the child chooses the lifetime of the view, and no
/// argument lives that long.
fn check_method_of_view(object: &Object, method: &Method, own: &[Lifetime], errors: &mut Errors) {
    if let Some(named) = receiver_lifetime(method).filter(|lifetime| own.contains(lifetime)) {
        errors
            .at(&method.receiver, format!("the child borrows the view for one call, not for `{named}`; take `&self`"));
    }
    for argument in &method.function.arguments {
        let ty = &argument.original.ty;
        if let Some(named) = own.iter().find(|lifetime| contains_this_lifetime(ty, lifetime)) {
            errors.at(
                ty,
                format!(
                    "the child has the argument for one call, not for `{named}`; take it with a lifetime of its own"
                ),
            );
        }
    }
    let is_own = |ty: &Type| same(ty, &object.ty);
    if let (true, Some(original)) = (contains(&method.returned.owned, &is_own), &method.returned.original) {
        errors.at(original, "a view cannot return itself; return `&mut Self`, or a view that borrows from this one");
    }
}

/// Returns the lifetime of `&'a self`.
fn receiver_lifetime(method: &Method) -> Option<&Lifetime> {
    match &method.receiver.kind {
        ReceiverKind::Reference(_, lifetime, _) => lifetime.as_ref(),
        ReceiverKind::Typed(_, ty) => match peel(ty) {
            Type::Reference(reference) => reference.lifetime.as_ref(),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the types of views in a return type, in the user's tokens.
fn views_in<'t>(original: &'t Type, handles: &HandleTypes) -> Vec<&'t Type> {
    struct Finder<'t, 'h>(Vec<&'t Type>, &'h HandleTypes);
    impl<'t> Visit<'t> for Finder<'t, '_> {
        fn visit_type(&mut self, ty: &'t Type) {
            match self.1.view_of(ty) {
                Some(_) => self.0.push(ty),
                None => visit::visit_type(self, ty),
            }
        }
    }
    let mut finder = Finder(Vec::new(), handles);
    finder.visit_type(original);
    finder.0
}

fn contains(ty: &Type, is_it: &dyn Fn(&Type) -> bool) -> bool {
    struct Finder<'f>(&'f dyn Fn(&Type) -> bool, bool);
    impl Visit<'_> for Finder<'_> {
        fn visit_type(&mut self, ty: &Type) {
            self.1 |= (self.0)(ty);
            visit::visit_type(self, ty);
        }
    }
    let mut finder = Finder(is_it, false);
    finder.visit_type(ty);
    finder.1
}

/// Returns the lifetimes in a type, `'static` excluded.
fn lifetimes_in(ty: &Type) -> Vec<Lifetime> {
    struct Finder(Vec<Lifetime>);
    impl Visit<'_> for Finder {
        fn visit_lifetime(&mut self, lifetime: &Lifetime) {
            if lifetime.ident != "static" {
                self.0.push(lifetime.clone());
            }
        }
    }
    let mut finder = Finder(Vec::new());
    finder.visit_type(ty);
    finder.0
}

/// Whether there are several lifetimes. Each `'_` is another one.
fn has_several(lifetimes: &[Lifetime]) -> bool {
    let Some((first, rest)) = lifetimes.split_first() else { return false };
    rest.iter().any(|other| other.ident == "_" || other.ident != first.ident)
}
