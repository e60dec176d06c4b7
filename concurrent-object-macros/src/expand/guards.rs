//! The where clauses of functions that are on the proxy only if the compiler finds that their types
//! can be sent: `where for<'m> Config: Argument<'m, configure>`.
//!
//! The compiler accepts such a clause at the definition even if it does not hold, because it has a
//! lifetime of its own.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, Path, Type, parse_quote};

use super::bounds::message_lifetime;
use super::markers::marker;
use crate::model::{
    Adapter, Argument, Form, Function, Method, Object, Passing, Taking, Verdict, as_result, mentions, name_lifetimes,
    with_first_argument,
};

/// Returns the where clause of a function's arguments on the proxy.
pub(super) fn argument_guards(object: &Object, function: &Function) -> Vec<TokenStream> {
    guards_of(object, function, |_| true)
}

/// Returns the where clause of a function's arguments in the child, which reads an argument that
/// may hide its lifetime by choice.
pub(super) fn read_guards(object: &Object, function: &Function) -> Vec<TokenStream> {
    guards_of(object, function, |argument| !argument.hides_lifetime)
}

fn guards_of(object: &Object, function: &Function, is_named: impl Fn(&Argument) -> bool) -> Vec<TokenStream> {
    if !function.is_conditional {
        return Vec::new();
    }
    let (private, marker) = (object.private(), marker(object, function));
    let judged = function.arguments.iter().filter(|argument| argument.is_judged() && is_named(argument));
    judged.flat_map(|argument| argument_guard(&private, &marker, argument)).collect()
}

/// Returns the where clause of a method's arguments and of its result in the parent.
pub(super) fn method_guards(object: &Object, method: &Method) -> Vec<TokenStream> {
    let mut guards = argument_guards(object, &method.function);
    guards.extend(result_guard(object, method));
    guards
}

/// Returns the where clause of a method's arm, which sends the result by choice.
pub(super) fn arm_guards(object: &Object, method: &Method) -> Vec<TokenStream> {
    let mut guards = read_guards(object, &method.function);
    if method.returned.adapters.is_some() {
        guards.extend(result_guard(object, method));
    }
    guards
}

/// `for<'m> Config: Argument<'m, configure>`
fn argument_guard(private: &Path, marker: &Ident, argument: &Argument) -> Vec<TokenStream> {
    if let Some(adapter) = &argument.adapter {
        return adapter_guards(private, marker, adapter);
    }
    let (ty, bound) = match &argument.passing {
        Passing::Value => (&argument.ty, quote!(Argument)),
        Passing::Lent(ty) => (ty, quote!(Argument)),
        Passing::Slice(ty) | Passing::Each(ty, _) | Passing::Slices(ty, _) => (ty, quote!(Element)),
        Passing::Held(ty) => (ty, quote!(Borrowed)),
        Passing::InOut(ty) | Passing::InOutSlice(ty) => (ty, quote!(InOut)),
        Passing::Handle(..) => return Vec::new(),
    };
    if argument.hides_lifetime {
        let (lifetime, elided) = (message_lifetime(), quote!(#private::Elided<'static, fn(&()) -> #ty>));
        return vec![quote!(for<#lifetime> #elided: #private::HiddenArgument<#lifetime, #marker>)];
    }
    vec![guard(private, ty, &bound, marker)]
}

/// `for<'m> Config: JudgedPart<'m, configure>` for the parts of an `Arc<(Config, Ordering)>`
fn adapter_guards(private: &Path, marker: &Ident, adapter: &Adapter) -> Vec<TokenStream> {
    adapter.judged().into_iter().map(|ty| guard(private, ty, &quote!(JudgedPart), marker)).collect()
}

/// `for<'m> Vec<Detection>: Returned<'m, detect>`
pub(super) fn result_guard(object: &Object, method: &Method) -> Vec<TokenStream> {
    let (function, returned) = (&method.function, &method.returned);
    if !function.is_conditional || !returned.is_judged() {
        return Vec::new();
    }
    let (private, marker) = (object.private(), marker(object, function));
    if let Some(adapters) = &returned.adapters {
        return adapter_guards(&private, &marker, &adapters.owned);
    }
    let bound = if returned.is_result() { quote!(ReturnedResult) } else { quote!(Returned) };
    let (lifetime, owned) = (message_lifetime(), expand_owned(object, method));
    vec![quote!(for<#lifetime> #owned: #private::#bound<#lifetime, #marker>)]
}

fn guard(private: &Path, ty: &Type, bound: &TokenStream, marker: &Ident) -> TokenStream {
    let lifetime = message_lifetime();
    let named = name_lifetimes(ty, &lifetime);
    quote!(for<#lifetime> #named: #private::#bound<#lifetime, #marker>)
}

/// The type of a method's result in the parent: `Vec<Detection>`, or
/// `Elided<'static, fn(&()) -> Lines>` if the type may have a lifetime that is not written
pub(super) fn expand_owned(object: &Object, method: &Method) -> TokenStream {
    match may_hide_lifetime(method) {
        true => expand_shown(object, method),
        false => method.returned.owned.to_token_stream(),
    }
}

/// The same for a variant of the output enum
///
/// If a rule rejected the object or a function, no other code uses the enum. Then a lifetime that
/// is not written is no second error.
pub(super) fn expand_stated(object: &Object, method: &Method) -> TokenStream {
    let is_rejected =
        object.form != Form::Whole || object.functions().any(|function| function.verdict != Verdict::Sound);
    let is_closed = !mentions(&method.returned.owned, &object.parameters());
    match is_rejected && is_closed && method.may_hide_lifetime() {
        true => expand_shown(object, method),
        false => expand_owned(object, method),
    }
}

/// `Elided<'static, fn(&()) -> Lines>`
fn expand_shown(object: &Object, method: &Method) -> TokenStream {
    let owned = &method.returned.owned;
    let private = object.private_path();
    let elided = |ty: &Type| -> Type { parse_quote!(#private::Elided<'static, fn(&()) -> #ty>) };
    match as_result(owned) {
        Some(value) => with_first_argument(owned, elided(value)).into_token_stream(),
        None => elided(owned).into_token_stream(),
    }
}

/// Whether the result of such a function may have a lifetime that is not written.
pub(super) fn may_hide_lifetime(method: &Method) -> bool {
    method.function.is_conditional && method.may_hide_lifetime()
}

/// `Conditional::<Self, detect>::new()`, which has the function of the arm
pub(super) fn expand_choice(object: &Object, function: &Function) -> TokenStream {
    let (private, marker) = (object.private(), marker(object, function));
    quote!(#private::Conditional::<Self, #marker>::new())
}

/// Returns the name of the arm's function that calls the method, and how the object is passed.
pub(super) fn arm_function(object: &Object, method: &Method) -> (TokenStream, TokenStream) {
    match method.taking() {
        Taking::Borrows if object.view.is_some() => (quote!(call_view), quote!(__this)),
        Taking::Borrows if object.lends() => (quote!(call_lending), quote!(__this)),
        Taking::Borrows => (quote!(call), quote!(self)),
        Taking::Replaces => (quote!(replace), quote!(__held)),
        Taking::Consumes if object.is_handle() => (quote!(consume_kept), quote!(__key)),
        Taking::Consumes => (quote!(consume), quote!(self)),
    }
}

/// Whether the parent chooses how it reads the result of a pushed method.
pub(super) fn is_decoded_by_choice(method: &Method) -> bool {
    method.function.is_conditional && method.returned.is_judged()
}
