//! The builder: one function for each option of the runtime, and one `start…` for each constructor.
//!
//! The list of the options is in `options`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::allowed::expand_allowed;
use super::arguments::{expand_parameters, expand_writer};
use super::bounds::{constructor_bounds, expand_marker_field, expand_marker_value, expand_where, is_generic};
use super::docs::{docs, docs_of};
use super::options::{BuilderOption, OPTIONS, SNAPSHOTS, expand_parameter};
use super::refused;
use crate::model::{Constructor, Object, Verdict};
use crate::names;

/// `pub struct DetectorProxyBuilder { options: Options }`
pub(super) fn expand_struct(object: &Object) -> TokenStream {
    let (krate, vis, builder, marker) = (object.krate(), object.vis(), object.builder(), expand_marker_field(object));
    let (generics, clause, cfgs) = (&object.generics, &object.generics.where_clause, &object.cfgs);
    let docs = docs(&format!("Starts a [`{}`]: set options, then call one of `start…`.", object.proxy()));
    let derived = (!is_generic(object)).then(|| quote!(#[derive(::core::clone::Clone, ::core::fmt::Debug)]));
    quote! {
        #docs
        #(#cfgs)*
        #derived
        #[must_use = "a builder starts nothing until one of `start…` is called"]
        #vis struct #builder #generics #clause {
            options: #krate::private::Options,
            #marker
        }
    }
}

/// `impl Clone for …` and `impl Debug for …` for a generic object
///
/// Deriving them would require both traits of the type parameters.
pub(super) fn expand_derives(object: &Object) -> TokenStream {
    if !is_generic(object) {
        return TokenStream::new();
    }
    let (builder, marker) = (object.builder(), expand_marker_value(object));
    let (generics, types, clause) = object.generics.split_for_impl();
    let name = builder.to_string();
    quote! {
        #[automatically_derived]
        impl #generics ::core::clone::Clone for #builder #types #clause {
            fn clone(&self) -> Self {
                Self { options: ::core::clone::Clone::clone(&self.options), #marker }
            }
        }

        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #builder #types #clause {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __formatter.debug_struct(#name).field("options", &self.options).finish()
            }
        }
    }
}

/// `impl DetectorProxyBuilder { pub fn slots(…) …  pub fn start(…) … }`
pub(super) fn expand_functions(object: &Object) -> TokenStream {
    let builder = object.builder();
    let (generics, types, clause) = object.generics.split_for_impl();
    let snapshots = Some(&SNAPSHOTS).filter(|_| !object.savers.is_empty());
    let options = OPTIONS.iter().chain(snapshots).map(|option| expand_option(object, option));
    let starts = object.named_constructors().map(|constructor| match constructor.function.verdict {
        Verdict::Sound => expand_start(object, constructor),
        _ => refused::expand_constructor(object, constructor),
    });
    let allowed = expand_allowed(object.named_constructors().map(|constructor| &constructor.function));
    quote! {
        #allowed
        impl #generics #builder #types #clause {
            #(#options)*
            #(#starts)*
        }
    }
}

/// `pub fn slots(self, count: usize) -> Self { Self { options: self.options.slots(count) } }`
fn expand_option(object: &Object, option: &BuilderOption) -> TokenStream {
    let vis = object.vis();
    let (docs, name) = (docs(option.docs), format_ident!("{}", option.name));
    let names: Vec<_> = option.parameters.iter().map(|(name, _)| format_ident!("{name}")).collect();
    let types = option.parameters.iter().map(|(_, parameter)| expand_parameter(object, *parameter));
    let marker = expand_marker_value(object);
    quote! {
        #docs
        #vis fn #name(self, #(#names: #types),*) -> Self {
            Self {
                options: self.options.#name(#(#names),*),
                #marker
            }
        }
    }
}

/// `pub fn start(self, model: &Path) -> Result<DetectorProxy, StartError> { …::start(…) }`
fn expand_start(object: &Object, constructor: &Constructor) -> TokenStream {
    let (krate, ty, function) = (object.krate(), &object.ty, &constructor.function);
    let (proxy, output, marker) = (object.proxy(), expand_output_type(object), expand_marker_value(object));
    let (_, types, _) = object.generics.split_for_impl();
    let (vis, index, start) = (&function.vis, function.number(), names::start(function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    let (parameters, writer) = (expand_parameters(function), expand_writer(object, function));
    let (docs, clause) = (start_docs(object, constructor), expand_start_clause(object, constructor));
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #vis fn #start(self, #parameters) -> ::core::result::Result<#proxy #types, #krate::StartError> #clause {
            #krate::private::start::<#ty, #output>(self.options, #index, #writer)
                .map(|proxy| #proxy { proxy, #marker })
        }
    }
}

/// `GridOutput<T>`
fn expand_output_type(object: &Object) -> TokenStream {
    let (output, generics) = (object.output(), object.output_generics());
    let (_, types, _) = generics.split_for_impl();
    quote!(#output #types)
}

/// `where Grid<T, N>: ConcurrentObject, GridOutput<T>: Methods, T: Travels` for a generic object
fn expand_start_clause(object: &Object, constructor: &Constructor) -> TokenStream {
    if !is_generic(object) {
        return TokenStream::new();
    }
    let (krate, ty, output) = (object.krate(), &object.ty, expand_output_type(object));
    let mut bounds = vec![quote!(#ty: #krate::ConcurrentObject), quote!(#output: #krate::private::Methods)];
    bounds.extend(constructor_bounds(object, constructor));
    expand_where(None, &bounds)
}

fn start_docs(object: &Object, constructor: &Constructor) -> TokenStream {
    let function = &constructor.function;
    let text = format!(
        "Starts a child process that constructs the object with `{}::{}`.\n\
         \n\
         Does not wait for the constructor. If it fails, `wait_until_ready` and every call return\n\
         its error.\n\
         \n\
         # Errors\n\
         \n\
         An option is invalid, the arguments cannot be encoded, or the system cannot provide\n\
         another process.",
        object.ident, function.sig.ident
    );
    docs_of(object, function, &text)
}
