//! Writes the output: the table of its contents is [`expand`], each item has its function in a module of its own.
//!
//! Cannot fail. What a rule refused is left out, or is there by name only.

mod arguments;
mod builder;
mod dispatch;
mod docs;
mod many;
mod output;
mod proxy;
mod refused;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Object;

/// The user's impl block and everything beside it.
pub(crate) fn expand(object: &Object) -> TokenStream {
    let item = &object.item;
    if !object.usable {
        return quote!(#item);
    }
    let proxy = proxy::expand_proxy(object);
    let builder = builder::expand_builder(object);
    let output = output::expand_output(object);
    let dispatcher = dispatch::expand_dispatcher(object);
    quote! {
        #item
        #proxy
        #builder
        #output
        #dispatcher
    }
}
