//! Writes the output of the macro. [`TYPES`] and [`IMPLS`] list its items, one function for each.
//!
//! Knows the model and the paths of the runtime. Must not know the rules.
//! Invariant: it cannot fail. Functions that a rule rejected are left out, or become stubs.

mod allowed;
mod arguments;
mod bounds;
mod builder;
mod constructors;
mod dispatch;
mod docs;
mod markers;
mod options;
mod output;
mod proxy;
mod refused;
mod results;
mod snapshots;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Form, Object};

/// Writes one generated item, or nothing if this object does not need it.
type Item = fn(&Object) -> TokenStream;

/// The items in the module of the user's impl block.
const TYPES: [Item; 3] = [proxy::expand_struct, builder::expand_struct, output::expand_enum];

/// The items in an anonymous constant, where their names cannot collide with the user's.
const IMPLS: [Item; 10] = [
    results::expand_scope,
    markers::expand_markers,
    proxy::expand_functions,
    proxy::expand_deref,
    proxy::expand_debug,
    builder::expand_functions,
    builder::expand_derives,
    output::expand_debug,
    output::expand_decoding,
    dispatch::expand_dispatcher,
];

/// Returns the user's impl block and all generated items.
pub(crate) fn expand(object: &Object) -> TokenStream {
    let (item, cfgs) = (&object.item, &object.cfgs);
    if object.form == Form::Nothing {
        return quote!(#item);
    }
    let types = TYPES.iter().map(|expand| expand(object));
    let impls = IMPLS.iter().map(|expand| expand(object));
    quote! {
        #item
        #(#types)*
        #(#cfgs)*
        const _: () = {
            #(#impls)*
        };
    }
}
