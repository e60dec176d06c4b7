//! The rules for the types of results: types that cannot come back from another process.

use syn::Type;

use super::belongings::check_belonging;
use super::types::{
    Rule, check_closure, check_function_pointer, check_raw_pointer, check_shared_state, check_type,
    has_lifetime_argument,
};
use crate::errors::Errors;
use crate::model::{
    Conversion, Method, as_iterator, as_mutable_reference, first_argument, last_name, peel, second_argument,
};

/// The first one does not apply to methods with the option `copy`, the last one not to types that
/// are sent in another form.
const RESULT_RULES: [Rule; 9] = [
    check_mutable_result,
    check_shared_state,
    check_raw_pointer,
    check_function_pointer,
    check_closure,
    check_returned_impl,
    check_guard,
    check_borrowed_result,
    check_belonging,
];

/// Applies the rules to the result of a method.
///
/// For an iterator, the rules apply to its items. They do not apply to an error that is sent as
/// text.
pub(super) fn check_result(method: &Method, errors: &mut Errors) {
    let first = usize::from(method.function.attributes.options.copy.is_some());
    let last = RESULT_RULES.len() - usize::from(method.returned.adapters.is_some());
    if let Some(ty) = &method.returned.original {
        check_returned(ty, &method.returned.conversion, &RESULT_RULES[first..last], errors);
    }
}

fn check_returned(ty: &Type, conversion: &Conversion, rules: &[Rule], errors: &mut Errors) {
    match conversion {
        Conversion::Chained | Conversion::Text(_) | Conversion::Kept(_) | Conversion::View(_) => {}
        Conversion::Tuple(parts) => {
            let Type::Tuple(tuple) = peel(ty) else { return };
            tuple.elems.iter().zip(parts).for_each(|(ty, part)| check_returned(ty, part, rules, errors));
        }
        Conversion::Option(inner) | Conversion::List(inner) => match as_iterator(ty).or_else(|| first_argument(ty)) {
            Some(part) => check_returned(part, inner, rules, errors),
            None => check_type(ty, rules, "", errors),
        },
        Conversion::Result { told, value } => {
            let Some(part) = first_argument(ty) else { return };
            check_returned(part, value, rules, errors);
            let error = second_argument(ty).filter(|_| told.is_none());
            error.into_iter().for_each(|error| check_type(error, rules, "", errors));
        }
        Conversion::None if matches!(peel(ty), Type::Never(_)) => {}
        Conversion::None => check_type(ty, rules, "", errors),
    }
}

/// `&mut Header`
fn check_mutable_result(ty: &Type) -> Option<&'static str> {
    as_mutable_reference(ty).is_some().then_some(
        "the caller would get a copy, and a change of it would be lost; write a method that makes the change, or \
         `#[concurrent_object(copy)]` on this one to return the copy, or on the impl block for all such methods",
    )
}

fn check_returned_impl(ty: &Type) -> Option<&'static str> {
    matches!(ty, Type::ImplTrait(_)).then_some(
        "a type without a name cannot come back from another process; return the concrete type, or an iterator that \
         names its item type: `impl Iterator<Item = T>`",
    )
}

const GUARDS: [&str; 9] = [
    "MutexGuard",
    "MappedMutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "MappedRwLockReadGuard",
    "MappedRwLockWriteGuard",
    "ReentrantLockGuard",
    "Ref",
    "RefMut",
];

fn check_guard(ty: &Type) -> Option<&'static str> {
    let has_arguments =
        matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| !last.arguments.is_none()));
    (has_arguments && last_name(ty).is_some_and(|name| GUARDS.iter().any(|guard| name == guard)))
        .then_some("a guard borrows from the object, which stays in the child; return a copy of the guarded value")
}

/// Rejects a lifetime in a result, except in a reference or a `Cow`, which have an owned form.
fn check_borrowed_result(ty: &Type) -> Option<&'static str> {
    let message = "this type borrows from the object, which stays in the child, and has no owned form; return an owned value, or \
                   let the caller have a handle: `#[concurrent_object(handle)]` on the type's impl block, and `handles(Type)` here; \
                   if it is an iterator, write `#[concurrent_object(result = impl Iterator<Item = T>)]` on the method, where `T` is \
                   the item, to get a `Vec`; `result = \"text\"` there sends its text; `result(Type = impl Iterator<Item = T>)` on the impl block \
                   holds for all its methods";
    match ty {
        Type::Reference(reference) if matches!(peel(&reference.elem), Type::TraitObject(_)) => Some(message),
        Type::Path(_) => {
            let borrows = has_lifetime_argument(ty) && last_name(ty).is_none_or(|name| name != "Cow");
            borrows.then_some(message)
        }
        _ => None,
    }
}
