//! The proxy: a struct around the runtime's `Proxy`, with two functions for each method.

use proc_macro2::TokenStream;
use quote::quote;

use super::arguments::{expand_parameters, expand_writer};
use super::docs::{docs, docs_after};
use super::many::expand_many_arguments;
use super::refused;
use crate::model::{Method, Object, Verdict};
use crate::names;

/// `pub struct DetectorProxy { … }` with its `impl`s.
pub(super) fn expand_proxy(object: &Object) -> TokenStream {
    let definition = expand_struct(object);
    let functions = expand_functions(object);
    let deref = expand_deref(object);
    quote! {
        #definition
        #functions
        #deref
    }
}

/// `pub struct DetectorProxy { proxy: Proxy<DetectorOutput> }`
fn expand_struct(object: &Object) -> TokenStream {
    let (krate, vis, proxy, output) = (object.krate(), object.vis(), object.proxy(), object.output());
    let docs = docs(&format!(
        "The parent's end of a `{}` that lives in a child process.\n\
         \n\
         Its functions ask the child to run the method of the same name. Dropping it ends the child and waits for that,\n\
         for as long as the grace period at most.",
        object.ident
    ));
    quote! {
        #docs
        #[derive(::core::fmt::Debug)]
        #vis struct #proxy {
            proxy: #krate::Proxy<#output>,
        }
    }
}

/// `impl DetectorProxy { pub fn builder(…) …  pub fn detect(…) …  pub fn push_detect(…) … }`
fn expand_functions(object: &Object) -> TokenStream {
    let proxy = object.proxy();
    let builder = expand_builder_function(object);
    let methods = object.named_methods().map(|method| match method.function.verdict {
        Verdict::Sound => {
            let call = expand_call(object, method);
            let push = expand_push(object, method);
            quote!(#call #push)
        }
        _ => refused::expand_method(object, method),
    });
    let allowed = expand_many_arguments(object.named_methods().map(|method| &method.function));
    quote! {
        #allowed
        impl #proxy {
            #builder
            #(#methods)*
        }
    }
}

/// `pub fn builder(name: impl Into<String>) -> DetectorProxyBuilder { … }`
fn expand_builder_function(object: &Object) -> TokenStream {
    let (krate, vis, builder) = (object.krate(), object.vis(), object.builder());
    let docs = docs(
        "Begins a new object, called `name` in logs, errors and the process list.\n\
         \n\
         Nothing happens before the builder's `start…`.",
    );
    quote! {
        #docs
        #vis fn builder(name: impl ::core::convert::Into<::std::string::String>) -> #builder {
            #builder {
                options: #krate::private::Options::new(name),
            }
        }
    }
}

/// `pub fn detect(&self, frame: &[u8]) -> Call<Vec<Detection>> { <Vec<Detection> as Returned>::call(&self.proxy, 0, …) }`
fn expand_call(object: &Object, method: &Method) -> TokenStream {
    let (krate, function, owned) = (object.krate(), &method.function, &method.returned.owned);
    let (vis, index, name) = (&function.vis, function.number(), names::call(function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    let must_use = &function.attributes.must_use;
    let (parameters, writer) = (expand_parameters(function), expand_writer(object, function));
    let docs = docs_after(
        &function.attributes.docs,
        &format!("Runs `{}::{}` in the child. The `Call` yields what it returned.", object.ident, function.sig.ident),
    );
    let call = match method.returned.known {
        true => quote!(#krate::private::call),
        false => quote!(<#owned as #krate::private::Returned>::call),
    };
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #(#must_use)*
        #vis fn #name(&self, #parameters) -> #krate::Call<#owned> {
            #call(&self.proxy, #index, #writer)
        }
    }
}

/// `pub fn push_detect(&self, frame: &[u8]) -> Result<CallId, PushError<()>> { ::concurrent_object::private::push(…) }`
fn expand_push(object: &Object, method: &Method) -> TokenStream {
    let (krate, function) = (object.krate(), &method.function);
    let (vis, index, push) = (&function.vis, function.number(), names::push(function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    let (parameters, writer) = (expand_parameters(function), expand_writer(object, function));
    let docs = push_docs(object, method);
    let types = function.given_back().map(|argument| &argument.ty);
    let given_back = function.given_back().map(|argument| &argument.name);
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #vis fn #push(
            &self,
            #parameters
        ) -> ::core::result::Result<#krate::CallId, #krate::PushError<(#(#types,)*)>> {
            #krate::private::push(&self.proxy, #index, #writer)
                .map_err(|__refused| __refused.give_back((#(#given_back,)*)))
        }
    }
}

fn push_docs(object: &Object, method: &Method) -> TokenStream {
    let name = method.function.name();
    docs(&format!(
        "Pushes a call of [`{name}`](Self::{name}) and returns at once. `pull` yields what it returned, as\n\
         [`{output}::{variant}`].\n\
         \n\
         # Errors\n\
         \n\
         The push is refused when all slots are taken, when the arguments are too large or cannot be encoded, and when\n\
         the object is gone. The error gives back the arguments that were taken by value.",
        output = object.output(),
        variant = names::variant(name),
    ))
}

/// `impl Deref for DetectorProxy { type Target = Proxy<DetectorOutput>; … }`
fn expand_deref(object: &Object) -> TokenStream {
    let (krate, proxy, output) = (object.krate(), object.proxy(), object.output());
    quote! {
        impl ::core::ops::Deref for #proxy {
            type Target = #krate::Proxy<#output>;

            fn deref(&self) -> &Self::Target {
                &self.proxy
            }
        }
    }
}
