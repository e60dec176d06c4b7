//! What stands in the place of a function that a rule refused: its names, so that using them is no error of its own.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Generics;

use crate::model::{Constructor, Function, Method, Object, restricted};
use crate::names;

/// `pub fn detect<…>(&self, …) -> Call<…> { unreachable!() }`, and the same for `push_detect`.
pub(super) fn expand_method(object: &Object, method: &Method) -> TokenStream {
    let (krate, function) = (object.krate(), &method.function);
    let (vis, cfgs, owned) = (&function.vis, &function.attributes.cfgs, &method.returned.owned);
    let (call, push) = (names::call(function.name()), names::push(function.name()));
    let generics = open_generics(function);
    let clause = &generics.where_clause;
    let parameters = expand_parameters(function);
    quote! {
        /// Was refused.
        #(#cfgs)*
        #vis fn #call #generics (&self, #parameters) -> #krate::Call<#owned> #clause {
            ::core::unreachable!()
        }

        /// Was refused.
        #(#cfgs)*
        #vis fn #push #generics (
            &self,
            #parameters
        ) -> ::core::result::Result<#krate::CallId, #krate::PushError<()>> #clause {
            ::core::unreachable!()
        }
    }
}

/// `pub fn start<…>(self, …) -> Result<DetectorProxy, StartError> { unreachable!() }`
pub(super) fn expand_constructor(object: &Object, constructor: &Constructor) -> TokenStream {
    let (krate, proxy, function) = (object.krate(), object.proxy(), &constructor.function);
    let (_, types, _) = object.generics.split_for_impl();
    let (vis, cfgs, start) = (&function.vis, &function.attributes.cfgs, names::start(function.name()));
    let generics = open_generics(function);
    let clause = &generics.where_clause;
    let parameters = expand_parameters(function);
    quote! {
        /// Was refused.
        #(#cfgs)*
        #vis fn #start #generics (
            self,
            #parameters
        ) -> ::core::result::Result<#proxy #types, #krate::StartError> #clause {
            ::core::unreachable!()
        }
    }
}

fn expand_parameters(function: &Function) -> TokenStream {
    let types = function.arguments.iter().map(|argument| &argument.ty);
    quote!(#(_: #types),*)
}

/// Without the parameters that a type was chosen for: nothing tells the compiler what they are.
fn open_generics(function: &Function) -> Generics {
    restricted(&function.sig.generics, |name| function.chosen_for(name).is_none())
}
