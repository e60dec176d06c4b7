//! Writes the output of the macro. [`TYPES`] and [`IMPLS`] list its items, one function for each.
//!
//! Knows the model and the paths of the runtime. Must not know the rules.
//! Invariant: it cannot fail. Functions that a rule rejected are left out, or become stubs.

mod adapters;
mod allowed;
mod arguments;
mod arms;
mod bounds;
mod builder;
mod constructors;
mod conversions;
mod copied;
mod dispatch;
mod docs;
mod guards;
mod handles;
mod listed;
mod markers;
mod output;
mod owners;
mod part_items;
mod parts;
mod proxy;
mod puts;
mod refused;
mod results;
mod shape;
mod snapshots;
mod streams;

use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::model::{Form, Object};

/// Writes one generated item, or nothing if this object does not need it.
type Item = fn(&Object) -> TokenStream;

/// The items in the module of the user's impl block.
const TYPES: [Item; 3] = [proxy::expand_struct, builder::expand_struct, output::expand_enum];

/// The items in an anonymous constant, where their names cannot collide with the user's.
const IMPLS: [Item; 14] = [
    results::expand_scope,
    markers::expand_markers,
    adapters::expand_function_adapters,
    part_items::expand_lists,
    proxy::expand_functions,
    proxy::expand_deref,
    proxy::expand_debug,
    builder::expand_starter,
    builder::expand_functions,
    builder::expand_derives,
    output::expand_debug,
    output::expand_decoding,
    arms::expand_arms,
    dispatch::expand_dispatcher,
];

/// The items of a block with a `part` name.
const PART_TYPES: [Item; 1] = [output::expand_enum];
const PART_IMPLS: [Item; 7] = [
    results::expand_scope,
    markers::expand_markers,
    proxy::expand_functions,
    output::expand_debug,
    output::expand_decoding,
    arms::expand_arms,
    part_items::expand_part,
];

/// The items of a type whose objects stay in the child of another object.
const HANDLE_TYPES: [Item; 1] = [handles::expand_struct];
const HANDLE_IMPLS: [Item; 6] = [
    results::expand_scope,
    markers::expand_markers,
    handles::expand_impls,
    proxy::expand_functions,
    arms::expand_arms,
    handles::expand_kept,
];

/// Returns the user's impl block and all generated items.
pub(crate) fn expand(object: &Object) -> TokenStream {
    let item = &object.item;
    if object.form == Form::Nothing {
        return quote!(#item);
    }
    let items = expand_items(object);
    let behind_handles = object.behind_handles().map(|kept| expand_items(&kept));
    quote!(#item #items #behind_handles)
}

fn expand_items(object: &Object) -> TokenStream {
    let (types, impls): (&[Item], &[Item]) = match (object.is_part(), object.is_handle()) {
        (true, _) => (&PART_TYPES, &PART_IMPLS),
        (_, true) => (&HANDLE_TYPES, &HANDLE_IMPLS),
        _ => (&TYPES, &IMPLS),
    };
    let types = types.iter().map(|expand| expand(object));
    let impls = impls.iter().map(|expand| expand(object));
    if object.form == Form::Apart {
        return expand_apart(object, types, impls);
    }
    let (cfgs, alias, hidden) = (&object.cfgs, expand_alias(object), allowed::expand_hidden_lifetimes(object));
    quote! {
        #(#types)*
        #(#cfgs)*
        // No program uses all generated functions.
        #[allow(dead_code #hidden)]
        const _: () = {
            #alias
            #(#impls)*
        };
    }
}

/// `use ::concurrent_object::private as __private;`
fn expand_alias(object: &Object) -> TokenStream {
    let (path, name) = (object.private_path(), object.private());
    quote!(use #path as #name;)
}

/// `mod __thing_stubs_1f { … } use __thing_stubs_1f::*;`
///
/// A glob import gives way to an item of the same name.
fn expand_apart(
    object: &Object,
    types: impl Iterator<Item = TokenStream>,
    impls: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let (item, cfgs, alias) = (&object.item, &object.cfgs, expand_alias(object));
    let mut hasher = DefaultHasher::new();
    (item.to_token_stream().to_string(), object.is_handle()).hash(&mut hasher);
    let module = format_ident!("__{}_stubs_{:x}", object.ident, hasher.finish());
    quote! {
        #(#cfgs)*
        #[allow(warnings)]
        mod #module {
            use super::*;
            #alias
            #(#types)*
            #(#impls)*
        }
        #(#cfgs)*
        #[allow(unused_imports)]
        use #module::*;
    }
}
