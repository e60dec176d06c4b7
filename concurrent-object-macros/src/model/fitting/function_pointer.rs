//! The function pointer that stands for a closure: one that captures nothing becomes a pointer by
//! itself.

use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{PathArguments, TraitBound, Type};

use crate::names::generated;

/// `fn(&Row) -> bool` of `Fn(&Row) -> bool`
pub(super) fn function_pointer(bound: &TraitBound) -> Option<Type> {
    let PathArguments::Parenthesized(arguments) = &bound.path.segments.last()?.arguments else { return None };
    let (lifetimes, inputs, output) = (&bound.lifetimes, &arguments.inputs, &arguments.output);
    let span = generated(bound.span());
    syn::parse2(quote_spanned!(span=> #lifetimes fn(#inputs) #output)).ok()
}
