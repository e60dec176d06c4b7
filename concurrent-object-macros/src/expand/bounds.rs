//! Additions for generic objects: bounds on types that are sent, and a field that names the
//! parameters.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Lifetime, Type, WhereClause, parse_quote};

use crate::model::{
    Argument, Constructor, Function, Method, Object, Passing, Sending, contains_impl, generic_parts, last_name,
    mentions, name_lifetimes,
};

/// `where T: Scalar, T: Travels`, or nothing.
pub(super) fn expand_where(own: Option<&WhereClause>, more: &[TokenStream]) -> TokenStream {
    let own = own.into_iter().flat_map(|clause| clause.predicates.iter());
    let mut all: Vec<TokenStream> = Vec::new();
    for predicate in own.map(|predicate| quote!(#predicate)).chain(more.iter().cloned()) {
        if !all.iter().any(|other| other.to_string() == predicate.to_string()) {
            all.push(predicate);
        }
    }
    if all.is_empty() { TokenStream::new() } else { quote!(where #(#all),*) }
}

/// Returns the bounds that a constructor needs on the type parameters.
pub(super) fn constructor_bounds(object: &Object, constructor: &Constructor) -> Vec<TokenStream> {
    function_bounds(object, &constructor.function)
}

/// Returns the bounds that a method needs on the type parameters.
pub(super) fn method_bounds(object: &Object, method: &Method) -> Vec<TokenStream> {
    let mut bounds = function_bounds(object, &method.function);
    bounds.extend(result_bounds(object, method));
    bounds.extend(told_bounds(object, method));
    bounds
}

/// Returns the bounds that the parent needs on the type parameters to decode a method's result.
pub(super) fn result_bounds(object: &Object, method: &Method) -> Vec<TokenStream> {
    let returned = &method.returned;
    let mut bounds = travels(object, &returned.owned);
    if matches!(returned.sending, Sending::Reference | Sending::Borrowing) {
        let read = generic_parts(&returned.owned, &object.parameters());
        bounds.extend(is_sent(object, &returned.sent, &read));
    }
    bounds
}

/// `T::Error: Text` for each error that is sent as text and names a type parameter
fn told_bounds(object: &Object, method: &Method) -> Vec<TokenStream> {
    let (private, lifetime) = (object.private(), message_lifetime());
    let errors = method.returned.conversion.told().into_iter().filter_map(|told| match &told.error {
        Some(error) => Some(error.clone()),
        None if last_name(&told.result).is_some_and(|name| name == "Result") || contains_impl(&told.result) => None,
        None => {
            let result = &told.result;
            Some(parse_quote!(<#result as #private::Fallible>::Error))
        }
    });
    let bound = |error: Type| {
        let named = name_lifetimes(&error, &lifetime);
        let binder = (named != error).then(|| quote!(for<#lifetime>));
        quote!(#binder #named: #private::Text)
    };
    errors.filter(|error| mentions(error, &object.parameters())).map(bound).collect()
}

fn function_bounds(object: &Object, function: &Function) -> Vec<TokenStream> {
    let own = function.predicates.iter().map(|predicate| quote!(#predicate));
    let arguments = function.arguments.iter().flat_map(|argument| argument_bounds(object, argument));
    own.chain(arguments).collect()
}

fn argument_bounds(object: &Object, argument: &Argument) -> Vec<TokenStream> {
    match &argument.passing {
        Passing::Value => travels(object, &argument.ty),
        Passing::Handle(..) => Vec::new(),
        Passing::Lent(ty)
        | Passing::Slice(ty)
        | Passing::Held(ty)
        | Passing::Each(ty, _)
        | Passing::Slices(ty, _)
        | Passing::InOut(ty)
        | Passing::InOutSlice(ty) => travels(object, ty),
    }
}

/// `T: Travels` for each part of `ty` that names a type parameter
///
/// Containers of the standard library are no such parts, but their arguments are. A part that
/// borrows gets `for<'m> Part<'m, T>: TravelsTo<'m>`, and a function pointer gets
/// `fn(&T): 'static`.
fn travels(object: &Object, ty: &Type) -> Vec<TokenStream> {
    let (private, lifetime) = (object.private(), message_lifetime());
    let bound = |part: &Type| {
        if matches!(part, Type::FnPtr(_)) {
            return quote!(#part: 'static);
        }
        let named = name_lifetimes(part, &lifetime);
        if named == *part {
            quote!(#part: #private::Travels)
        } else {
            quote!(for<#lifetime> #named: #private::TravelsTo<#lifetime>)
        }
    };
    generic_parts(ty, &object.parameters()).into_iter().map(bound).collect()
}

/// `T: Serialize` for each part of `ty` that names a type parameter and is not in `read`
///
/// A part in `read` is also decoded, so it has the bound `Travels` already, which includes this
/// one.
fn is_sent(object: &Object, ty: &Type, read: &[&Type]) -> Vec<TokenStream> {
    let (private, lifetime) = (object.private(), message_lifetime());
    let bound = |part: &Type| {
        let named = name_lifetimes(part, &lifetime);
        let binder = (named != *part).then(|| quote!(for<#lifetime>));
        quote!(#binder #named: #private::Serialize)
    };
    generic_parts(ty, &object.parameters()).into_iter().filter(|part| !read.contains(part)).map(bound).collect()
}

pub(super) fn message_lifetime() -> Lifetime {
    Lifetime::new("'m", proc_macro2::Span::call_site())
}

/// `object: PhantomData<fn() -> Grid<T, N>>,` in the types of a generic object
pub(super) fn expand_marker_field(object: &Object) -> Option<TokenStream> {
    let ty = &object.ty;
    is_generic(object).then(|| quote!(object: ::core::marker::PhantomData<fn() -> #ty>,))
}

/// `object: PhantomData,`
pub(super) fn expand_marker_value(object: &Object) -> Option<TokenStream> {
    is_generic(object).then(|| quote!(object: ::core::marker::PhantomData,))
}

/// Whether the object has parameters. A derive would put bounds on them that the generated types do
/// not need.
pub(super) fn is_generic(object: &Object) -> bool {
    !object.generics.params.is_empty()
}
