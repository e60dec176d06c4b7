//! The starter: one `start…` for each constructor. The runtime's `Builder` wraps it, and has the
//! options.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{GenericParam, Generics};

use super::allowed::expand_allowed;
use super::arguments::{expand_parameters, expand_writer};
use super::bounds::{constructor_bounds, expand_marker_field, expand_marker_value, expand_where, is_generic};
use super::docs::{docs, docs_of};
use super::guards::argument_guards;
use super::refused;
use crate::model::{Constructor, Object, Verdict};
use crate::names;

/// `pub struct DetectorProxyStart { options: Options }` and
/// `pub type DetectorProxyBuilder = Builder<DetectorProxyStart>;`
pub(super) fn expand_struct(object: &Object) -> TokenStream {
    let (krate, vis, start, marker) = (object.krate(), object.vis(), object.starter(), expand_marker_field(object));
    let (generics, clause, cfgs) = (&object.generics, &object.generics.where_clause, &object.cfgs);
    let (private, builder, unbounded) = (object.private_path(), object.builder(), unbounded(generics));
    let (_, types, _) = generics.split_for_impl();
    let docs_of_start = docs(&format!("The constructors of [`{}`], as functions of its builder.", object.proxy()));
    let docs_of_builder = docs(&format!("Starts a [`{}`]: set options, then call one of `start…`.", object.proxy()));
    let derives = || quote!(#[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]);
    let derived = (!is_generic(object)).then(derives);
    quote! {
        #docs_of_start
        #(#cfgs)*
        #derived
        #vis struct #start #generics #clause {
            options: #private::Options,
            #marker
        }
        #docs_of_builder
        #(#cfgs)*
        #[allow(dead_code)]
        #vis type #builder #unbounded = #krate::Builder<#start #types>;
    }
}

/// Returns the parameters without their bounds, which a type alias cannot have.
fn unbounded(generics: &Generics) -> Generics {
    let mut unbounded = generics.clone();
    unbounded.where_clause = None;
    for parameter in &mut unbounded.params {
        if let GenericParam::Type(parameter) = parameter {
            (parameter.colon_token, parameter.bounds) = (None, Punctuated::new());
        }
    }
    unbounded
}

/// `impl Clone for …`, `impl Debug for …` and `impl Default for …` for a generic object
///
/// Deriving them would require the same traits of the type parameters.
pub(super) fn expand_derives(object: &Object) -> TokenStream {
    if !is_generic(object) {
        return TokenStream::new();
    }
    let (builder, marker) = (object.starter(), expand_marker_value(object));
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

        #[automatically_derived]
        impl #generics ::core::default::Default for #builder #types #clause {
            fn default() -> Self {
                Self { options: ::core::default::Default::default(), #marker }
            }
        }
    }
}

/// `impl DetectorProxyStart { pub fn start(…) … }`
pub(super) fn expand_functions(object: &Object) -> TokenStream {
    let start = object.starter();
    let (generics, types, clause) = object.generics.split_for_impl();
    let starts = object.named_constructors().map(|constructor| match constructor.function.verdict {
        Verdict::Sound => expand_start(object, constructor),
        _ => refused::expand_constructor(object, constructor),
    });
    let allowed = expand_allowed(object.named_constructors().map(|constructor| &constructor.function));
    quote! {
        #allowed
        impl #generics #start #types #clause {
            #(#starts)*
        }
    }
}

/// `impl Starter for DetectorProxyStart { … }`, and `SavingStarter` for an object with a snapshot
pub(super) fn expand_starter(object: &Object) -> TokenStream {
    let (private, start) = (object.private(), object.starter());
    let (generics, types, clause) = object.generics.split_for_impl();
    let saving = (!object.savers.is_empty()).then(|| {
        quote! {
            impl #generics #private::SavingStarter for #start #types #clause {}
        }
    });
    quote! {
        impl #generics #private::Starter for #start #types #clause {
            fn options(&mut self) -> &mut #private::Options {
                &mut self.options
            }
        }

        #saving
    }
}

/// `pub fn start(&self, model: &Path) -> Result<DetectorProxy, StartError> { …::start(…) }`
fn expand_start(object: &Object, constructor: &Constructor) -> TokenStream {
    let (private, ty, function) = (object.private(), &object.ty, &constructor.function);
    let (proxy, marker) = (object.proxy(), expand_marker_value(object));
    let (_, types, _) = object.generics.split_for_impl();
    let (vis, index, start) = (&function.vis, function.number(), names::start(function.name()));
    let (cfgs, deprecated) = (&function.attributes.cfgs, &function.attributes.deprecated);
    let (parameters, writer) = (expand_parameters(function), expand_writer(object, function));
    let (docs, clause) = (start_docs(object, constructor), expand_start_clause(object, constructor));
    quote! {
        #docs
        #(#cfgs)*
        #(#deprecated)*
        #vis fn #start(&self, #parameters) -> #private::StartResult<#proxy #types> #clause {
            #private::start::<#ty, _>(self, #index, #writer)
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

/// `where Grid<T, N>: ConcurrentObject, GridOutput<T>: Methods, T: Travels` for a generic object,
/// and the where clause of a constructor that exists only if its types can be sent
fn expand_start_clause(object: &Object, constructor: &Constructor) -> TokenStream {
    let guards = argument_guards(object, &constructor.function);
    if !is_generic(object) {
        return expand_where(None, &guards);
    }
    let (krate, private, ty) = (object.krate(), object.private(), &object.ty);
    let output = expand_output_type(object);
    let mut bounds = vec![quote!(#ty: #krate::ConcurrentObject), quote!(#output: #private::Methods)];
    bounds.extend(constructor_bounds(object, constructor));
    bounds.extend(guards);
    expand_where(None, &bounds)
}

fn start_docs(object: &Object, constructor: &Constructor) -> TokenStream {
    let function = &constructor.function;
    let text = format!(
        "Starts a child process that constructs the object with `{}::{}`, and returns at once.\n\
         If the constructor fails, `wait_until_ready` and every call return its error.\n\
         # Errors\n\
         An option is invalid, the arguments cannot be encoded, or the system has no further process.",
        object.ident, function.sig.ident
    );
    docs_of(object, function, &text)
}
