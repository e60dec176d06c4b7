//! The arms of the dispatcher for functions that are on the proxy only if the compiler finds that
//! their types can be sent.
//!
//! Each arm is an impl with the where clause of its function, so that the dispatcher can choose
//! whether to use it.

use proc_macro2::TokenStream;
use quote::quote;

use super::allowed::expand_allowed_in_dispatcher;
use super::arguments::expand_reader;
use super::bounds::{constructor_bounds, expand_where, method_bounds, result_bounds};
use super::constructors::{expand_made, sound_constructors};
use super::dispatch::sound_methods;
use super::guards::{arm_function, arm_guards, is_decoded_by_choice, read_guards, result_guard};
use super::markers::marker;
use super::owners::expand_owner;
use super::results::{expand_answer, expand_taken};
use crate::model::{Constructor, Form, Function, Method, Object, Taking};
use crate::names;

/// `impl Arm<detect> for Detector where … { fn call(&mut self, …) … { … } }` for each such function
pub(super) fn expand_arms(object: &Object) -> TokenStream {
    if object.form != Form::Whole {
        return TokenStream::new();
    }
    let started = sound_constructors(object).filter(|_| !object.is_of_another());
    let constructors = started.filter(|constructor| constructor.function.is_conditional);
    let constructors = constructors.map(|constructor| expand_construct_arm(object, constructor));
    let methods = || sound_methods(object).filter(|method| method.function.is_conditional);
    let calls = methods().map(|method| expand_call_arm(object, method));
    let pushed = methods().filter(|method| method.is_pushed() && is_decoded_by_choice(method) && !object.is_handle());
    let decoders = pushed.map(|method| expand_decoding_arm(object, method));
    quote!(#(#constructors)* #(#calls)* #(#decoders)*)
}

fn expand_construct_arm(object: &Object, constructor: &Constructor) -> TokenStream {
    let (private, function) = (object.private(), &constructor.function);
    let mut bounds = constructor_bounds(object, constructor);
    bounds.extend(read_guards(object, function));
    let (reader, made) = (expand_reader(object, function), expand_made(object, constructor));
    let body = quote! {
        fn construct(
            __arguments: &mut #private::ArgumentReader<'_>,
        ) -> #private::OrFailure<Self> {
            #reader
            #made
        }
    };
    expand_arm(object, function, &bounds, &body)
}

fn expand_call_arm(object: &Object, method: &Method) -> TokenStream {
    let (private, function) = (object.private(), &method.function);
    let mut bounds = method_bounds(object, method);
    bounds.extend(arm_guards(object, method));
    let (name, passed) = arm_function(object, method);
    let owner = expand_owner(object).map(|owner| owner.receiver);
    let receiver = match (method.taking(), passed.to_string().as_str()) {
        (Taking::Borrows, "__this") => quote!(#owner),
        (Taking::Borrows, _) => quote!(&mut self),
        (Taking::Replaces, _) => quote!(__held: &mut ::core::option::Option<Self>),
        (Taking::Consumes, "self") => quote!(self),
        (Taking::Consumes, _) => quote!(__key: #private::HandleKey),
    };
    let (reader, answer) = (expand_reader(object, function), expand_answer(object, method));
    let body = quote! {
        fn #name(
            #receiver,
            __arguments: &mut #private::ArgumentReader<'_>,
            __reply: &mut #private::Reply<'_>,
        ) -> #private::OrFailure<()> {
            #reader
            #answer
        }
    };
    expand_arm(object, function, &bounds, &body)
}

fn expand_arm(object: &Object, function: &Function, bounds: &[TokenStream], body: &TokenStream) -> TokenStream {
    let (private, ty, marker) = (object.private(), &object.ty, marker(object, function));
    let (generics, _, clause) = object.generics.split_for_impl();
    let lasting = object.generics.type_params().map(|parameter| &parameter.ident);
    let lasting = lasting.map(|parameter| quote!(#parameter: 'static));
    let bounds: Vec<_> = lasting.chain(bounds.iter().cloned()).collect();
    let clause = expand_where(clause, &bounds);
    let (cfgs, allowed) = (&function.attributes.cfgs, expand_allowed_in_dispatcher(object));
    let deprecated = (!function.attributes.deprecated.is_empty()).then(|| quote!(#[allow(deprecated)]));
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        #allowed
        #deprecated
        impl #generics #private::Arm<#marker> for #ty #clause {
            #body
        }
    }
}

/// `impl DecodingArm<detect> for DetectorOutput where … { fn decode(…) … { … } }`
fn expand_decoding_arm(object: &Object, method: &Method) -> TokenStream {
    let (private, output, function) = (object.private(), object.output(), &method.function);
    let (marker, taken) = (marker(object, function), expand_taken(object, method));
    let (generics, variant) = (object.output_generics(), names::variant(function.name()));
    let (generics, types, clause) = generics.split_for_impl();
    let mut bounds = result_bounds(object, method);
    bounds.extend(result_guard(object, method));
    let clause = expand_where(clause, &bounds);
    let cfgs = &function.attributes.cfgs;
    quote! {
        #(#cfgs)*
        impl #generics #private::DecodingArm<#marker> for #output #types #clause {
            fn decode(__result: &mut #private::ResultReader<'_>) -> #private::OrFailure<Self> {
                #taken.map(Self::#variant)
            }
        }
    }
}
