//! Empty enums that are named like functions.
//!
//! They are type parameters of the traits that say whether a type can be sent. So the compiler's
//! error about a type names the function that uses the type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;
use syn::visit::{self, Visit};

use crate::model::{Function, Object, Returned, Sending, Verdict, mentions};
use crate::names;

/// `enum detect {}` for each function with a type that is not known to be sendable
pub(super) fn expand_markers(object: &Object) -> TokenStream {
    let constructors = object.constructors.iter().chain(&object.restorers).map(|one| (&one.function, None, false));
    let methods = object.methods.iter();
    let methods = methods.map(|one| (&one.function, Some(&one.returned), is_checked(&one.returned)));
    // A state that borrows needs no check here: the constructor that decodes it has a bound that
    // checks the type. But its adapter names the marker.
    let is_checked_here =
        |returned: &Returned| !returned.known && (returned.sending == Sending::Value || returned.adapters.is_some());
    let savers = object.savers.iter();
    let savers = savers.map(|one| (&one.function, Some(&one.returned), is_checked_here(&one.returned)));
    let mut markers: Vec<(String, TokenStream)> = Vec::new();
    for (function, returned, is_checked) in constructors.chain(methods).chain(savers) {
        let is_checked = is_checked || function.arguments.iter().any(|argument| !argument.known);
        if is_checked && function.verdict == Verdict::Sound {
            let (cfgs, marker) = (&function.attributes.cfgs, marker(object, function));
            let allowed = expand_allowed(function, returned);
            let key = quote!(#(#cfgs)* #marker).to_string();
            if !markers.iter().any(|(other, _)| *other == key) {
                // The where clause of a function on the proxy names it.
                let vis = function.is_conditional.then(|| quote!(pub));
                markers.push((key, quote!(#(#cfgs)* #allowed #vis enum #marker {})));
            }
        }
    }
    markers.into_iter().map(|(_, marker)| marker).collect()
}

/// `#[allow(non_camel_case_types)]`, and `dead_code` too, because not every adapter names the
/// marker
fn expand_allowed(function: &Function, returned: Option<&Returned>) -> TokenStream {
    let is_adapted = function.arguments.iter().any(|argument| argument.adapter.is_some())
        || returned.is_some_and(|returned| returned.adapters.is_some());
    let dead_code = is_adapted.then(|| quote!(dead_code,));
    quote!(#[allow(#dead_code non_camel_case_types)])
}

fn is_checked(returned: &Returned) -> bool {
    !returned.known && returned.sending != Sending::Never
}

/// Returns `detect`, or `detect_` if the generated code already uses the name `detect`.
pub(super) fn marker(object: &Object, function: &Function) -> Ident {
    let mut marker = names::call(&function.sig.ident);
    let is_taken = |name: &Ident| {
        mentions(names_of(object), std::slice::from_ref(name))
            || object.called_functions().any(|function| begins_a_path(function, name))
    };
    while is_taken(&marker) {
        marker = format_ident!("{marker}_");
    }
    marker
}

/// Returns the tokens that generated code repeats, apart from the signatures.
fn names_of(object: &Object) -> TokenStream {
    let (ty, generics, clause) = (&object.ty, &object.generics, &object.generics.where_clause);
    let (krate, block_on) = (&object.options.krate, &object.options.block_on);
    let of_trait = object.item.trait_.as_ref().map(|(path, _)| path);
    let chosen = object.called_functions().flat_map(|function| &function.with).map(|chosen| &chosen.argument);
    let of_block = object.options.with.iter().map(|chosen| &chosen.argument);
    quote!(#ty #generics #clause #krate #block_on #of_trait #(#chosen)* #(#of_block)*)
}

fn begins_a_path(function: &Function, name: &Ident) -> bool {
    struct Finder<'a>(&'a Ident, bool);
    impl Visit<'_> for Finder<'_> {
        fn visit_path(&mut self, path: &syn::Path) {
            self.1 |= path.segments.first().is_some_and(|first| first.ident == *self.0);
            visit::visit_path(self, path);
        }
    }
    let mut finder = Finder(name, false);
    finder.visit_signature(&function.sig);
    finder.1
}
