//! The rule for the parameters of a generic function: a type or value is chosen for each.
//!
//! Invariant: a function has one message for all of its parameters.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::Visit;
use syn::{GenericParam, Ident, Type, TypeParamBound, WherePredicate};

use super::types::CLOSURE;
use crate::errors::Errors;
use crate::model::{Function, is_closure_bound};

/// A parameter, or an argument with `impl Trait`, for which a choice is missing.
struct Missing<'f> {
    name: &'f Ident,
    place: TokenStream,
    /// A type or value that fits, if one is known.
    example: Option<&'f str>,
    bounds: &'f str,
    is_value: bool,
}

/// Reports the type and const parameters without a choice. If there are several, or arguments with
/// `impl Trait` besides, the one message is about all of them.
///
/// Returns the message for an `impl Trait` argument. It is empty if the message is given already.
pub(super) fn check_undecided(function: &Function, errors: &mut Errors) -> String {
    let open = || function.sig.generics.params.iter().filter(|parameter| is_open(function, parameter));
    let closures: Vec<_> = open().filter_map(|parameter| closure_bound(function, parameter)).collect();
    closures.iter().for_each(|bound| errors.at(bound, CLOSURE));
    // No choice of types helps, and the rule for arguments reports `impl Fn(u8)`.
    if !closures.is_empty() || has_closure_argument(function) {
        return String::new();
    }
    let missing: Vec<_> = open().filter_map(|one| of_parameter(function, one)).chain(of_arguments(function)).collect();
    let Some(first) = missing.first() else { return String::new() };
    let message = message(&missing);
    if missing.len() == 1 && open().next().is_none() {
        return message;
    }
    errors.at(&first.place, message);
    String::new()
}

fn is_open(function: &Function, parameter: &GenericParam) -> bool {
    let name = match parameter {
        GenericParam::Type(parameter) => &parameter.ident,
        GenericParam::Const(parameter) => &parameter.ident,
        GenericParam::Lifetime(_) => return false,
    };
    function.chosen_for(name).is_none()
}

fn of_parameter<'f>(function: &'f Function, parameter: &'f GenericParam) -> Option<Missing<'f>> {
    let place = parameter.to_token_stream();
    match parameter {
        GenericParam::Lifetime(_) => None,
        GenericParam::Const(parameter) => {
            Some(Missing { name: &parameter.ident, place, example: Some("4"), bounds: "", is_value: true })
        }
        GenericParam::Type(parameter) => {
            let undecided = function.undecided(&parameter.ident)?;
            let example = undecided.example.as_deref();
            Some(Missing { name: &parameter.ident, place, example, bounds: &undecided.bounds, is_value: false })
        }
    }
}

fn of_arguments(function: &Function) -> impl Iterator<Item = Missing<'_>> {
    function.impl_arguments().filter_map(|argument| {
        let undecided = function.undecided(&argument.name)?;
        let example = undecided.example.as_deref();
        let place = argument.original.ty.to_token_stream();
        Some(Missing { name: &argument.name, place, example, bounds: &undecided.bounds, is_value: false })
    })
}

fn message(missing: &[Missing<'_>]) -> String {
    let choices: Vec<_> =
        missing.iter().map(|one| format!("{} = {}", one.name, one.example.unwrap_or("Type"))).collect();
    let unknown: Vec<_> = missing.iter().filter(|one| one.example.is_none()).collect();
    let (what, object) = match missing {
        [one] if one.is_value => ("a value that is", "it"),
        [_] => ("a type that is", "it"),
        _ if missing.iter().any(|one| one.is_value) => ("types and values that are", "them"),
        _ => ("types that are", "them"),
    };
    let bounds: Vec<_> = unknown.iter().map(|one| format!("`{}`", one.bounds)).collect();
    let fitting = match (&bounds[..], missing.len()) {
        ([], _) => String::new(),
        ([bounds], 1) => format!(", where `Type` implements {bounds}"),
        _ => {
            let all: Vec<_> = unknown.iter().map(|one| format!("`{}: {}`", one.name, one.bounds)).collect();
            format!(", where {}", all.join(", "))
        }
    };
    format!(
        "the child can only call a generic function with {what} chosen at compile time; choose {object} with \
         `#[concurrent_object(with({}))]`{fitting}; on the impl block, the choice holds for all functions with {}",
        choices.join(", "),
        if missing.len() == 1 { "such a parameter" } else { "such parameters" }
    )
}

fn has_closure_argument(function: &Function) -> bool {
    function.impl_arguments().any(|argument| !argument.is_chosen() && contains_closure(&argument.original.ty))
}

fn contains_closure(ty: &Type) -> bool {
    struct Finder(bool);
    impl Visit<'_> for Finder {
        fn visit_type_param_bound(&mut self, bound: &TypeParamBound) {
            self.0 |= is_closure_bound(bound);
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// `F: Fn(u8)`, also in the where clause
fn closure_bound(function: &Function, parameter: &GenericParam) -> Option<TokenStream> {
    let GenericParam::Type(parameter) = parameter else { return None };
    if parameter.bounds.iter().any(is_closure_bound) {
        return Some(parameter.to_token_stream());
    }
    let mut clause = function.sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let is_closure = |predicate: &&WherePredicate| match predicate {
        WherePredicate::Type(one) => {
            matches!(&one.bounded_ty, Type::Path(path) if path.path.is_ident(&parameter.ident))
                && one.bounds.iter().any(is_closure_bound)
        }
        _ => false,
    };
    clause.find(is_closure).map(ToTokens::to_token_stream)
}
