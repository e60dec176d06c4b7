//! The functions of a block with `skip_unsupported` that are on the proxy only if the compiler
//! finds that their types can be sent.
//!
//! Each has a where clause that names its types, `where for<'m> Config: Argument<'m, configure>`.
//! The compiler accepts it at the definition even if it does not hold. Its arm of the dispatcher is
//! an impl with the same where clause, so that the dispatcher can choose whether to use it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Path, Type};

use super::allowed::expand_allowed_in_dispatcher;
use super::arguments::expand_reader;
use super::bounds::{constructor_bounds, expand_where, message_lifetime, method_bounds, result_bounds};
use super::constructors::{expand_made, sound_constructors};
use super::dispatch::sound_methods;
use super::markers::marker;
use super::results::{expand_answer, expand_taken};
use crate::model::{Argument, Constructor, Form, Function, Method, Object, Passing, Sending, Taking, name_lifetimes};
use crate::names;

/// Returns the where clause of a function's arguments.
pub(super) fn argument_guards(object: &Object, function: &Function) -> Vec<TokenStream> {
    if !function.is_conditional {
        return Vec::new();
    }
    let (private, marker) = (object.private(), marker(object, function));
    let judged = function.arguments.iter().filter(|argument| argument.is_judged());
    judged.filter_map(|argument| argument_guard(&private, &quote!(#marker), argument)).collect()
}

/// Returns the where clause of a method's arguments and of its result in the parent.
pub(super) fn method_guards(object: &Object, method: &Method) -> Vec<TokenStream> {
    let mut guards = argument_guards(object, &method.function);
    guards.extend(result_guard(object, method));
    guards
}

/// `for<'m> Config: Argument<'m, configure>`
fn argument_guard(private: &Path, marker: &TokenStream, argument: &Argument) -> Option<TokenStream> {
    let (ty, bound) = match &argument.passing {
        Passing::Value => (&argument.ty, quote!(Argument)),
        Passing::Lent(ty) => (ty, quote!(Argument)),
        Passing::Slice(ty) | Passing::Each(ty, _) | Passing::Slices(ty, _) => (ty, quote!(Element)),
        Passing::Held(ty) => (ty, quote!(Borrowed)),
        Passing::InOut(ty) | Passing::InOutSlice(ty) => (ty, quote!(InOut)),
        Passing::Handle(..) => return None,
    };
    Some(guard(private, ty, &bound, marker))
}

/// `for<'m> Vec<Detection>: Returned<'m, detect>`
fn result_guard(object: &Object, method: &Method) -> Option<TokenStream> {
    let (function, returned) = (&method.function, &method.returned);
    if !function.is_conditional || !returned.is_judged() {
        return None;
    }
    let (private, marker) = (object.private(), marker(object, function));
    let bound = if returned.is_result() { quote!(ReturnedResult) } else { quote!(Returned) };
    Some(guard(&private, &returned.owned, &bound, &quote!(#marker)))
}

/// `for<'m> Option<&'m Detection>: LentResult<'m, detect>`
fn lent_guard(object: &Object, method: &Method) -> Option<TokenStream> {
    let (private, marker) = (object.private(), marker(object, &method.function));
    let bound = quote!(LentResult);
    is_lent(method).then(|| guard(&private, &method.returned.sent, &bound, &quote!(#marker)))
}

/// Whether the method returns a borrow that the compiler judges.
fn is_lent(method: &Method) -> bool {
    let returned = &method.returned;
    let borrows = matches!(returned.sending, Sending::Reference | Sending::Borrowing);
    method.function.is_conditional && borrows && returned.is_judged()
}

fn guard(private: &Path, ty: &Type, bound: &TokenStream, marker: &TokenStream) -> TokenStream {
    let lifetime = message_lifetime();
    let named = name_lifetimes(ty, &lifetime);
    quote!(for<#lifetime> #named: #private::#bound<#lifetime, #marker>)
}

/// `<Option<&Detection> as LentResult<'_, detect>>`, for a borrowed result of such a method
pub(super) fn expand_lent_result(object: &Object, method: &Method) -> Option<TokenStream> {
    let (private, sent, marker) = (object.private(), &method.returned.sent, marker(object, &method.function));
    is_lent(method).then(|| quote!(<#sent as #private::LentResult<'_, #marker>>))
}

/// `Conditional::<Self, detect>::new()`, which has the function of the arm
pub(super) fn expand_choice(object: &Object, function: &Function) -> TokenStream {
    let (private, marker) = (object.private(), marker(object, function));
    quote!(#private::Conditional::<Self, #marker>::new())
}

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
    let pushed = methods().filter(|method| method.is_pushed() && method.returned.is_judged() && !object.is_handle());
    let decoders = pushed.map(|method| expand_decoding_arm(object, method));
    quote!(#(#constructors)* #(#calls)* #(#decoders)*)
}

fn expand_construct_arm(object: &Object, constructor: &Constructor) -> TokenStream {
    let (private, function) = (object.private(), &constructor.function);
    let mut bounds = constructor_bounds(object, constructor);
    bounds.extend(argument_guards(object, function));
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
    bounds.extend(method_guards(object, method));
    bounds.extend(lent_guard(object, method));
    let (name, passed) = arm_function(object, method);
    let receiver = match (method.taking(), passed.to_string().as_str()) {
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

/// Returns the name of the arm's function that calls the method, and how the object is passed.
pub(super) fn arm_function(object: &Object, method: &Method) -> (TokenStream, TokenStream) {
    match method.taking() {
        Taking::Borrows => (quote!(call), quote!(self)),
        Taking::Replaces => (quote!(replace), quote!(__held)),
        Taking::Consumes if object.is_handle() => (quote!(consume_kept), quote!(__key)),
        Taking::Consumes => (quote!(consume), quote!(self)),
    }
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
        #[automatically_derived]
        impl #generics #private::DecodingArm<#marker> for #output #types #clause {
            fn decode(__result: &mut #private::ResultReader<'_>) -> #private::OrFailure<Self> {
                #taken.map(Self::#variant)
            }
        }
    }
}

/// Whether the parent chooses how it reads the result of a pushed method.
pub(super) fn is_decoded_by_choice(method: &Method) -> bool {
    method.function.is_conditional && method.returned.is_judged()
}
