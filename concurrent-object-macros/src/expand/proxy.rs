//! The proxy: a struct around the runtime's `Proxy`, with two functions for each method.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Meta;

use super::allowed::expand_allowed;
use super::arguments::{expand_parameters, expand_writer, in_out_lifetime};
use super::bounds::{expand_marker_field, expand_marker_value, expand_where, is_generic, method_bounds};
use super::docs::{docs, docs_after};
use super::refused;
use super::results::expand_call;
use crate::model::{Method, Object, Verdict};
use crate::names;

/// `pub struct DetectorProxy { proxy: Proxy<DetectorOutput> }`
pub(super) fn expand_struct(object: &Object) -> TokenStream {
    let (krate, vis, proxy, output) = (object.krate(), object.vis(), object.proxy(), object.output());
    let (generics, clause, cfgs) = (&object.generics, &object.generics.where_clause, &object.cfgs);
    let (output_generics, marker) = (object.output_generics(), expand_marker_field(object));
    let (_, output_types, _) = output_generics.split_for_impl();
    let derived = (!is_generic(object)).then(|| quote!(#[derive(::core::fmt::Debug)]));
    let docs = docs(&format!(
        "The parent's end of a `{}` that lives in a child process.\n\
         \n\
         Its functions ask the child to run the method of the same name. Dropping it ends the child and waits for that,\n\
         for as long as the grace period at most.",
        object.ident
    ));
    quote! {
        #docs
        #(#cfgs)*
        #derived
        #vis struct #proxy #generics #clause {
            proxy: #krate::Proxy<#output #output_types>,
            #marker
        }
    }
}

/// `impl Debug for GridProxy<T> { … }`, where deriving it would ask something of `T`
pub(super) fn expand_debug(object: &Object) -> TokenStream {
    if !is_generic(object) {
        return TokenStream::new();
    }
    let proxy = object.proxy();
    let (generics, types, clause) = object.generics.split_for_impl();
    let name = proxy.to_string();
    quote! {
        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #proxy #types #clause {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __formatter.debug_struct(#name).field("proxy", &self.proxy).finish()
            }
        }
    }
}

/// `impl DetectorProxy { pub fn builder(…) …  pub fn detect(…) …  pub fn push_detect(…) … }`
pub(super) fn expand_functions(object: &Object) -> TokenStream {
    let proxy = object.proxy();
    let (generics, types, clause) = object.generics.split_for_impl();
    let builder = expand_builder_function(object);
    let methods = object.named_methods().map(|method| match method.function.verdict {
        Verdict::Sound => {
            let call = expand_call_function(object, method);
            let push = method.is_pushed().then(|| expand_push(object, method));
            quote!(#call #push)
        }
        _ => refused::expand_method(object, method),
    });
    let allowed = expand_allowed(object.named_methods().map(|method| &method.function));
    quote! {
        #allowed
        impl #generics #proxy #types #clause {
            #builder
            #(#methods)*
        }
    }
}

/// `pub fn builder(name: impl Into<String>) -> DetectorProxyBuilder { … }`
fn expand_builder_function(object: &Object) -> TokenStream {
    let (krate, vis, builder, marker) = (object.krate(), object.vis(), object.builder(), expand_marker_value(object));
    let (_, types, _) = object.generics.split_for_impl();
    let docs = docs(
        "Begins a new object, called `name` in logs, errors and the process list.\n\
         \n\
         Nothing happens before the builder's `start…`.",
    );
    quote! {
        #docs
        #vis fn builder(name: impl ::core::convert::Into<::std::string::String>) -> #builder #types {
            #builder {
                options: #krate::private::Options::new(name),
                #marker
            }
        }
    }
}

/// `pub fn detect(&self, frame: &[u8]) -> Call<Vec<Detection>> { … }`, or `pub fn finish(self) -> Call<Report> { … }`
fn expand_call_function(object: &Object, method: &Method) -> TokenStream {
    let (function, vis, name) = (&method.function, &method.function.vis, names::call(method.function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    // Without a message it says no more than the one that `Call` has.
    let must_use = function.attributes.must_use.iter().filter(|attribute| !matches!(attribute.meta, Meta::Path(_)));
    let (parameters, docs) = (expand_parameters(function), call_docs(object, method));
    let clause = expand_where(None, &method_bounds(object, method));
    let receiver = if method.consumes() { quote!(self) } else { quote!(&self) };
    let (lifetime, returned) = expand_call_type(object, method);
    let call = expand_call(object, method);
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #(#must_use)*
        #vis fn #name #lifetime (#receiver, #parameters) -> #returned #clause {
            #call
        }
    }
}

/// `Call<Vec<Detection>>`, or `<'a>` and `CallMut<'a, usize>` if arguments are written back
fn expand_call_type(object: &Object, method: &Method) -> (Option<TokenStream>, TokenStream) {
    let (krate, owned, lifetime) = (object.krate(), &method.returned.owned, in_out_lifetime());
    match method.function.in_out().next() {
        Some(_) => (Some(quote!(<#lifetime>)), quote!(#krate::CallMut<#lifetime, #owned>)),
        None => (None, quote!(#krate::Call<#owned>)),
    }
}

fn call_docs(object: &Object, method: &Method) -> TokenStream {
    let (function, name) = (&method.function, &method.function.sig.ident);
    let call = if function.in_out().next().is_some() { "CallMut" } else { "Call" };
    let mut text = format!("Runs `{}::{name}` in the child. The `{call}` yields what it returned.", object.ident);
    if function.in_out().next().is_some() {
        text.push_str(
            "\n\nWaiting for it writes the changed arguments back; if the call fails they are unchanged. There is no push\n\
             form, which would have to keep them borrowed.",
        );
    }
    if method.consumes() {
        text.push_str(
            "\n\nThe object is gone after it: the child serves the calls made before, this one, and ends. The `Call` keeps the\n\
             child until then. Outcomes of pushed calls that were not pulled are dropped.",
        );
    }
    docs_after(&function.attributes.docs, &text)
}

/// `pub fn push_detect(&self, frame: &[u8]) -> Result<CallId, PushError<()>> { ::concurrent_object::private::push(…) }`
fn expand_push(object: &Object, method: &Method) -> TokenStream {
    let (krate, function) = (object.krate(), &method.function);
    let (vis, index, push) = (&function.vis, function.number(), names::push(function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    let (parameters, writer) = (expand_parameters(function), expand_writer(object, function));
    let (docs, clause) = (push_docs(object, method), expand_where(None, &method_bounds(object, method)));
    let types = function.given_back().map(|argument| &argument.ty);
    let given_back = function.given_back().map(|argument| &argument.name);
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #vis fn #push(
            &self,
            #parameters
        ) -> ::core::result::Result<#krate::CallId, #krate::PushError<(#(#types,)*)>> #clause {
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
         the object is gone, or is being restarted and fails fast. The error gives back the arguments that were taken by value.",
        output = object.output(),
        variant = names::variant(name),
    ))
}

/// `impl Deref for DetectorProxy { type Target = Proxy<DetectorOutput>; … }`
pub(super) fn expand_deref(object: &Object) -> TokenStream {
    let (krate, proxy, output) = (object.krate(), object.proxy(), object.output());
    let output_generics = object.output_generics();
    let (_, output_types, _) = output_generics.split_for_impl();
    let (generics, types, clause) = object.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics ::core::ops::Deref for #proxy #types #clause {
            type Target = #krate::Proxy<#output #output_types>;

            fn deref(&self) -> &Self::Target {
                &self.proxy
            }
        }
    }
}
