//! The rules for the types of arguments, and those that they share with the rules for results.
//!
//! Invariant: a type is visited from the outside to the inside. The first rule that rejects a part
//! of the type ends the visit of that part, so that each part has one error at most.

use syn::visit::{self, Visit};
use syn::{GenericArgument, PatType, PathArguments, Type};

use super::belongings::check_belonging;
use crate::errors::Errors;
use crate::model::{
    Argument, Passing, as_mutable_reference, first_argument, is_closure_bound, is_text, last_name, peel,
};
use crate::options::Chosen;

/// Returns why a type, or a part of one, is rejected.
pub(super) type Rule = fn(&Type) -> Option<&'static str>;

/// The last one does not apply to types that are sent in another form.
const ARGUMENT_RULES: [Rule; 8] = [
    check_shared_state,
    check_raw_pointer,
    check_closure,
    check_impl_argument,
    check_mutable_borrow,
    check_static_borrow,
    check_trait_object,
    check_belonging,
];

/// The rules for `T` in an argument `&mut T`. The last one does not apply to types that are sent in
/// another form.
const IN_OUT_RULES: [Rule; 8] = [
    check_shared_state,
    check_raw_pointer,
    check_function_pointer,
    check_closure,
    check_impl_argument,
    check_in_out_borrow,
    check_in_out_unsized,
    check_belonging,
];

/// Applies the rules to one argument.
///
/// If a type was chosen for its `impl Trait`, the rules apply to that type. Otherwise `of_impl` is
/// the message. If that is empty, the user has got it already.
pub(super) fn check_argument(argument: &Argument, of_impl: &str, errors: &mut Errors) {
    check_conditional_argument(&argument.original, errors);
    if argument.is_view {
        errors.at(
            &argument.original.ty,
            "this type borrows from another object of the child, so it cannot be an argument; call the methods of its handle",
        );
        return;
    }
    // An object behind a handle is not sent.
    if !matches!(argument.passing, Passing::Handle(..)) {
        let ty = if argument.is_chosen() { &argument.ty } else { &argument.original.ty };
        check_argument_type(ty, argument.adapter.is_some(), of_impl, errors);
    }
}

fn check_argument_type(ty: &Type, has_another_form: bool, of_impl: &str, errors: &mut Errors) {
    let (inner, rules) = match as_mutable_reference(ty) {
        Some(inner) => (inner, &IN_OUT_RULES[..]),
        None => (ty, &ARGUMENT_RULES[..]),
    };
    check_type(inner, &rules[..rules.len() - usize::from(has_another_form)], of_impl, errors);
}

/// Applies the rules to the types that the user chose for a function's parameters. Such a type may
/// stay in the child.
pub(super) fn check_chosen(chosen: &Chosen, errors: &mut Errors) {
    if let GenericArgument::Type(ty) = &chosen.argument {
        check_argument_type(ty, true, IMPL_ARGUMENT, errors);
    }
}

/// Reports `&mut T` in a constructor.
pub(super) fn check_constructor_argument(argument: &Argument, errors: &mut Errors) {
    if as_mutable_reference(&argument.ty).is_some() {
        errors.at(
            &argument.original.ty,
            "a constructor runs after `start` has returned, so it cannot change the caller's variable; take a value or a \
             shared reference",
        );
    }
}

pub(super) fn check_type(ty: &Type, rules: &[Rule], of_impl: &str, errors: &mut Errors) {
    struct Walk<'a> {
        rules: &'a [Rule],
        of_impl: &'a str,
        errors: &'a mut Errors,
    }
    impl Visit<'_> for Walk<'_> {
        fn visit_type(&mut self, ty: &Type) {
            match self.rules.iter().find_map(|rule| rule(ty)) {
                Some(IMPL_ARGUMENT) if self.of_impl.is_empty() => {}
                Some(IMPL_ARGUMENT) => self.errors.at(ty, self.of_impl),
                Some(message) => self.errors.at(ty, message),
                // What a function takes and returns stays in the child.
                None if matches!(ty, Type::FnPtr(_)) => {}
                None => visit::visit_type(self, ty),
            }
        }
    }
    Walk { rules, of_impl, errors }.visit_type(ty);
}

fn check_conditional_argument(argument: &PatType, errors: &mut Errors) {
    for attribute in &argument.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            errors.at(
                attribute,
                "a single argument cannot be conditional; write the function twice, each with its own `cfg`",
            );
        }
    }
}

/// The names of types with a parameter whose value changes behind a shared reference.
///
/// A type without a parameter, such as the `Cell` of a table, is a type of the user.
const CHANGEABLE: [&str; 6] = ["Mutex", "RwLock", "RefCell", "Cell", "OnceCell", "OnceLock"];

/// The names of the atomic types.
const ATOMIC: [&str; 11] = [
    "AtomicBool",
    "AtomicI8",
    "AtomicI16",
    "AtomicI32",
    "AtomicI64",
    "AtomicIsize",
    "AtomicU8",
    "AtomicU16",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
];

/// `Arc<Mutex<T>>`, `Arc<dyn Trait>`
pub(super) fn check_shared_state(ty: &Type) -> Option<&'static str> {
    let is_shared = last_name(ty).is_some_and(|name| name == "Arc" || name == "Rc");
    let target = first_argument(ty).filter(|_| is_shared)?;
    if matches!(target, Type::TraitObject(_)) && check_closure(target).is_none() {
        return Some(
            "a shared trait object cannot be sent to another process, which does not know its type; write the concrete \
             type, or list this one in `opaque(…)` on the impl block, so that it stays in the child and the parent has a \
             handle to it",
        );
    }
    let names: &[&str] = if first_argument(target).is_some() { &CHANGEABLE } else { &ATOMIC };
    last_name(target).is_some_and(|target| names.iter().any(|name| target == name)).then_some(
        "the other process gets a copy of this value, so neither sees what the other changes in it; pass the value that \
         is in it",
    )
}

pub(super) fn check_raw_pointer(ty: &Type) -> Option<&'static str> {
    matches!(ty, Type::Ptr(_)).then_some("a raw pointer means nothing in another process; pass the data it points to")
}

pub(super) fn check_function_pointer(ty: &Type) -> Option<&'static str> {
    matches!(ty, Type::FnPtr(_)).then_some(
        "this process must not call a function that the child names; return a value, such as an enum, that says what to do",
    )
}

pub(super) fn check_closure(ty: &Type) -> Option<&'static str> {
    let bounds = match ty {
        Type::ImplTrait(ty) => &ty.bounds,
        Type::TraitObject(ty) => &ty.bounds,
        _ => return None,
    };
    bounds.iter().any(is_closure_bound).then_some(CLOSURE)
}

pub(super) const CLOSURE: &str = "a closure may capture what another process does not have, so it cannot be sent; take a function pointer such as \
     `fn(u8) -> u8`, or pass a value, such as an enum, that says what to do";

/// The message for an `impl Trait` in an argument that has no name.
pub(super) const IMPL_ARGUMENT: &str = "the child can only call the function with a type that is chosen at compile time; give the argument a name, and \
     choose its type with `#[concurrent_object(with(name = Type))]` on the function, or write the concrete type";

fn check_impl_argument(ty: &Type) -> Option<&'static str> {
    matches!(ty, Type::ImplTrait(_)).then_some(IMPL_ARGUMENT)
}

fn check_mutable_borrow(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Reference(reference) if reference.mutability.is_some() => Some(
            "only a whole argument can be written back; take `&mut T` itself, or take the value and return the changed one",
        ),
        _ => None,
    }
}

/// Rejects a type that borrows: a value that is written back would borrow from the child.
fn check_in_out_borrow(ty: &Type) -> Option<&'static str> {
    let borrows = matches!(ty, Type::Reference(_)) || has_lifetime_argument(ty);
    borrows.then_some(
        "a value that comes back from the child cannot borrow; take `&mut` of an owned type, such as `&mut String`",
    )
}

fn check_in_out_unsized(ty: &Type) -> Option<&'static str> {
    let message =
        "the child changes its own copy, which must have a size; take `&mut` of an owned type, such as `&mut String`";
    (is_text(ty) || matches!(ty, Type::TraitObject(_))).then_some(message)
}

fn check_static_borrow(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Reference(reference)
            if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static") =>
        {
            Some(
                "an argument exists in the child for one call only, so it cannot be `'static`, which a lifetime of the impl block \
                 is too; take a shorter borrow or an owned value",
            )
        }
        _ => None,
    }
}

fn check_trait_object(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Reference(reference) if matches!(peel(&reference.elem), Type::TraitObject(_)) => {
            Some("a trait object behind a reference cannot be sent to another process; write the concrete type")
        }
        _ => None,
    }
}

/// `Guard<'_>`
pub(super) fn has_lifetime_argument(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let arguments = path.path.segments.iter().filter_map(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments.flatten().any(|argument| match argument {
        GenericArgument::Lifetime(lifetime) => lifetime.ident != "static",
        _ => false,
    })
}
