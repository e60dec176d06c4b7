//! The proxy: a struct around the runtime's `Proxy`, with a call function and a push function for
//! each method.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Meta;

use super::allowed::expand_allowed;
use super::arguments::{expand_parameters, expand_writer, in_out_lifetime};
use super::bounds::{expand_marker_field, expand_where, is_generic, method_bounds};
use super::docs::{docs, docs_of};
use super::guards::{expand_owned, method_guards};
use super::listed::lists;
use super::parts;
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
        "The parent's handle of a `{}` that lives in a child process.\n\
         \n\
         Each method runs the method of the same name in the child. Dropping the proxy ends the child\n\
         and waits for its exit, for the grace period at most.{}",
        object.ident,
        lists(object)
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

/// `impl Debug for GridProxy<T> { … }` for a generic object: deriving it would require `T: Debug`
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
    let proxy = object.proxy_path();
    let (generics, types, clause) = object.generics.split_for_impl();
    let builder = (!object.is_of_another()).then(|| expand_builder_function(object));
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
    let (private, vis, builder) = (object.private(), object.vis(), object.builder());
    let (_, types, _) = object.generics.split_for_impl();
    let docs = docs("Returns a builder for an object named `name` in logs, errors and the process list.");
    quote! {
        #docs
        #vis fn builder(name: impl ::core::convert::Into<::std::string::String>) -> #builder #types {
            #private::builder(name)
        }
    }
}

/// `pub fn detect(&self, frame: &[u8]) -> Call<Vec<Detection>> { … }`, or
/// `pub fn finish(self) -> Call<Report> { … }`
fn expand_call_function(object: &Object, method: &Method) -> TokenStream {
    let (function, vis, name) = (&method.function, &method.function.vis, names::call(method.function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    // Without a message it adds nothing: `Call` itself is `must_use`.
    let must_use = function.attributes.must_use.iter().filter(|attribute| !matches!(attribute.meta, Meta::Path(_)));
    let (parameters, docs) = (expand_parameters(function), call_docs(object, method));
    let clause = expand_method_clause(object, method);
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

/// `where T: Travels`, for a method of the proxy
fn expand_method_clause(object: &Object, method: &Method) -> TokenStream {
    let bounds = method_bounds(object, method).into_iter().chain(method_guards(object, method));
    expand_where(None, &bounds.collect::<Vec<_>>())
}

/// `Call<Vec<Detection>>`, or `<'a>` and `CallMut<'a, usize>` if arguments are written back
fn expand_call_type(object: &Object, method: &Method) -> (Option<TokenStream>, TokenStream) {
    let (krate, owned, lifetime) = (object.krate(), &method.returned.owned, in_out_lifetime());
    match method.function.in_out().next() {
        Some(_) => {
            let owned = expand_owned(object, method);
            (Some(quote!(<#lifetime>)), quote!(#krate::CallMut<#lifetime, #owned>))
        }
        None => {
            let progress = method.function.progress.first().map(|progress| &progress.value);
            let progress = progress.map(|value| quote!(, #value));
            let name = if method.streams { quote!(Items) } else { quote!(Call) };
            (None, quote!(#krate::#name<#owned #progress>))
        }
    }
}

fn call_docs(object: &Object, method: &Method) -> TokenStream {
    let (function, name) = (&method.function, &method.function.sig.ident);
    let call = if function.in_out().next().is_some() { "CallMut" } else { "Call" };
    let mut text = match method.streams {
        true => format!("Runs `{}::{name}` in the child. The `Items` yield its items while it runs.", object.ident),
        false => format!("Runs `{}::{name}` in the child. The `{call}` yields its result.", object.ident),
    };
    if method.streams {
        text.push_str(
            "\n\nDropping them asks the method to end. There is no push form, because a pull takes one\n\
             result of each call.",
        );
    }
    if !function.progress.is_empty() {
        text.push_str(" Its `progress` is what the method has reported last.");
    }
    if function.in_out().next().is_some() {
        text.push_str(
            "\n\nWaiting for the call writes the changed arguments back. If the call fails, they\n\
             are unchanged. There is no push form, because it would have to keep the arguments\n\
             borrowed.",
        );
    }
    if method.consumes() && object.is_handle() {
        text.push_str("\n\nThis is the last call of the handle: other clones of it are stale then.");
    } else if method.consumes() {
        text.push_str(
            "\n\nThis is the object's last call: the child serves the earlier calls and this one,\n\
             and exits. The `Call` keeps the child until then. Outcomes of pushed calls that\n\
             were not pulled are dropped.",
        );
    }
    if method.replaces {
        text.push_str(
            "\n\nThe object that the method returns takes the place of the object in the child. If\n\
             the method panics, there is no object left, and the child exits.",
        );
    }
    docs_of(object, function, &text)
}

/// `pub fn push_detect(&self, frame: &[u8]) -> Result<CallId, PushError<()>> { …::push(…) }`
fn expand_push(object: &Object, method: &Method) -> TokenStream {
    let (krate, private, function) = (object.krate(), object.private(), &method.function);
    let (vis, index, push) = (&function.vis, parts::expand_number(object, function), names::push(function.name()));
    let target = parts::expand_target(object);
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    let (parameters, writer) = (expand_parameters(function), expand_writer(object, function));
    let (docs, clause) = (push_docs(object, method), expand_method_clause(object, method));
    let types = function.given_back().map(|argument| &argument.ty);
    let given_back = function.given_back().map(|argument| &argument.name);
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #vis fn #push(
            &self,
            #parameters
        ) -> #krate::PushResult<(#(#types,)*)> #clause {
            #private::push(#target, #index, #writer)
                .map_err(|__refused| __refused.give_back((#(#given_back,)*)))
        }
    }
}

fn push_docs(object: &Object, method: &Method) -> TokenStream {
    let name = method.function.name();
    docs(&format!(
        "Submits a call of [`{name}`](Self::{name}); `pull` yields [`{output}::{variant}`].\n\
         # Errors\n\
         All slots are in use, the arguments do not fit, or the object is gone.",
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
        impl #generics ::core::ops::Deref for #proxy #types #clause {
            type Target = #krate::Proxy<#output #output_types>;

            fn deref(&self) -> &Self::Target {
                &self.proxy
            }
        }
    }
}
