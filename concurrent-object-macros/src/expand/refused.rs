//! The stub of a function that a rule rejected: its names exist, so that a use of them is not a
//! second error.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Generics;

use crate::model::{Constructor, Function, Method, Object, restricted, without_free_lifetimes};
use crate::names;

/// `pub fn detect<…>(&self, …) -> Call<…> { unreachable!() }`, and the same for `push_detect`.
pub(super) fn expand_method(object: &Object, method: &Method) -> TokenStream {
    let (krate, function) = (object.krate(), &method.function);
    let (vis, cfgs, owned) = (&function.vis, &function.attributes.cfgs, &method.returned.owned);
    let (call, push) = (names::call(function.name()), names::push(function.name()));
    let generics = open_generics(function);
    let clause = &generics.where_clause;
    let parameters = expand_parameters(function);
    let returned = if method.streams { quote!(Items) } else { quote!(Call) };
    let progress = function.progress.first().map(|progress| &progress.value);
    let progress = progress.map(|value| quote!(, #value));
    quote! {
        /// Not available: the attribute rejected this function.
        #(#cfgs)*
        #vis fn #call #generics (&self, #parameters) -> #krate::#returned<#owned #progress> #clause {
            ::core::unreachable!()
        }

        /// Not available: the attribute rejected this function.
        #(#cfgs)*
        #vis fn #push #generics (
            &self,
            #parameters
        ) -> ::core::result::Result<#krate::CallId, #krate::PushError<()>> #clause {
            ::core::unreachable!()
        }
    }
}

/// `pub fn start<…>(&self, …) -> Result<DetectorProxy, StartError> { unreachable!() }`
pub(super) fn expand_constructor(object: &Object, constructor: &Constructor) -> TokenStream {
    let (krate, proxy, function) = (object.krate(), object.proxy(), &constructor.function);
    let (_, types, _) = object.generics.split_for_impl();
    let (vis, cfgs, start) = (&function.vis, &function.attributes.cfgs, names::start(function.name()));
    let generics = open_generics(function);
    let clause = &generics.where_clause;
    let parameters = expand_parameters(function);
    quote! {
        /// Not available: the attribute rejected this function.
        #(#cfgs)*
        #vis fn #start #generics (
            &self,
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

/// Returns the function's generics without the parameters for which a type was chosen, which the
/// compiler could not infer in the stub, and without bounds that name a lifetime of the impl block.
fn open_generics(function: &Function) -> Generics {
    let generics = restricted(&function.sig.generics, |name| function.chosen_for(name).is_none());
    without_free_lifetimes(&generics)
}
