//! Writes the output: the table of its contents is [`expand`], each item has its function in a module of its own.
//!
//! Cannot fail. What a rule refused is left out, or is there by name only.

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

/// A generated item, or nothing where there is no need for it.
type Item = fn(&Object) -> TokenStream;

/// What stands beside the user's impl block.
const TYPES: [Item; 3] = [proxy::expand_struct, builder::expand_struct, output::expand_enum];

/// What stands in a block of its own, where its names are nobody else's.
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

/// The user's impl block and everything beside it.
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
