//! The rules for views: objects that stay in the child, and borrow from another object there.

use syn::visit::{self, Visit};
use syn::{Lifetime, LifetimeParam, ReceiverKind, Type};

use crate::block::Block;
use crate::errors::Errors;
use crate::model::{Method, Object, Taking, Verdict, contains_this_lifetime, lifetimes_in, peel, same};

/// Reports a view that the child cannot keep. The lifetimes of another object are `'static`.
pub(super) fn check_lifetimes(object: &Object, errors: &mut Errors) {
    if object.is_handle() {
        check_view_type(&object.item, errors);
    }
}

/// Reports a view with a lifetime that outlives more than the other lifetimes of the view.
fn check_view_type(item: &Block, errors: &mut Errors) {
    let own: Vec<_> = item.generics.lifetimes().map(|one| &one.lifetime).collect();
    let outlives_more = |one: &&LifetimeParam| one.bounds.iter().any(|bound| !own.contains(&bound));
    for lifetime in item.generics.lifetimes().filter(outlives_more) {
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

/// Reports a view that borrows from something else than `self`, or than what `self` borrows from.
fn check_borrow(object: &Object, method: &Method, errors: &mut Errors) {
    let Some(original) = &method.returned.original else { return };
    if method.shares() {
        return;
    }
    if method.taking() != Taking::Borrows {
        return errors.at(original, "a view borrows from the object, so its method takes `&self` or `&mut self`");
    }
    let receiver = receiver_lifetime(method);
    let is_of_argument = |named: &Lifetime| {
        let mut arguments = method.function.arguments.iter();
        arguments.any(|argument| contains_this_lifetime(&argument.original.ty, named))
    };
    let is_sound = |named: &Lifetime| {
        let is_of_view = object.view.is_some() && contains_this_lifetime(&object.item.self_ty, named);
        named.ident == "_" || is_of_view || receiver == Some(named) && !is_of_argument(named)
    };
    for view in &method.returned.views {
        if !lifetimes_in(&view.ty).iter().all(is_sound) {
            errors.at(
                &view.ty,
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
        errors.at(
            original,
            "a view stays in the child; a result can contain it, in `Option`, `Result`, `Vec` and tuples, and the parent \
             gets handles; return it so",
        );
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
