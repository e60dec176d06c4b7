//! The result of a method: the child sends it, and the parent decodes it.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Token;
use syn::spanned::Spanned;

use super::adapters::{expand_carried_back, expand_reading_carrier, expand_result_carrier, expand_writing_carrier};
use super::arguments::{expand_passed, expand_travels, expand_writer, function_name};
use super::conversions::{expand_converted, expand_described};
use super::guards::may_hide_lifetime;
use super::markers::marker;
use super::owners::{expand_borrowing, passes_itself};
use super::parts::{expand_last_target, expand_number, expand_target};
use super::puts::{expand_put, expand_returned};
use super::streams::expand_streamed;
use crate::model::{Access, Conversion, Method, Object, Sending};

/// `<Vec<Detection> as Returned<detect>>::call(&self.proxy, 0, |__to| …)`
pub(super) fn expand_call(object: &Object, method: &Method) -> TokenStream {
    let (private, index) = (object.private(), expand_number(object, &method.function));
    let writer = expand_writer(object, &method.function);
    let target = if method.consumes() { expand_last_target(object) } else { expand_target(object) };
    if method.function.in_out().next().is_some() {
        let reader = expand_in_out_reader(object, method);
        return quote! {
            let __call = #private::submit(#target, #index, #writer);
            #private::in_out(__call, move |__result| { #reader })
        };
    }
    let call = format_ident!("{}", if method.streams { "items" } else { "call" });
    let call = match (method.returned.sending, expand_result_carrier(object, method)) {
        (Sending::Never, _) => quote!(#private::call_never),
        (_, Some(carrier)) => quote!(#carrier.#call),
        _ if method.returned.known => quote!(#private::#call),
        _ if may_hide_lifetime(method) => {
            let owned = &method.returned.owned;
            quote!(#private::Submits::<#owned>::new().call)
        }
        _ => {
            let returned = expand_returned(object, method);
            quote!(#returned::#call)
        }
    };
    let call = quote!(#call(#target, #index, #writer));
    match (method.function.progress.is_empty(), method.streams) {
        (true, _) => call,
        (false, false) => quote!(#private::reporting(#call)),
        (false, true) => quote!(#private::reporting_items(#call)),
    }
}

/// `let __returned = …; let __changed_0 = …; __result.end()?; …write_back(…); Ok(__returned)`
///
/// The parent writes arguments back only after the whole message was decoded.
fn expand_in_out_reader(object: &Object, method: &Method) -> TokenStream {
    let (private, marker) = (object.private(), marker(object, &method.function));
    let part = expand_part(object, method);
    let (mut takes, mut writes) = (Vec::new(), Vec::new());
    for (at, argument) in method.function.in_out().enumerate() {
        let (name, changed) = (&argument.name, format_ident!("__changed_{at}"));
        if let Some(carrier) = expand_reading_carrier(&private, &marker, argument) {
            let (take, write) = expand_carried_back(&private, argument, &carrier, &changed);
            takes.push(take);
            writes.push(write);
            continue;
        }
        let travels = expand_travels(&private, &marker, argument);
        let take = format_ident!("{}_back", function_name(argument, "take"));
        let write = format_ident!("{}_back", function_name(argument, "write"));
        takes.push(quote!(let #changed = #travels::#take(#name, __result)?;));
        writes.push(quote!(#travels::#write(#name, #changed);));
    }
    quote! {
        let __returned = #part?;
        #(#takes)*
        __result.end()?;
        #(#writes)*
        ::core::result::Result::Ok(__returned)
    }
}

fn expand_part(object: &Object, method: &Method) -> TokenStream {
    let owned = &method.returned.owned;
    match (method.returned.sending, expand_result_carrier(object, method)) {
        (Sending::Never, _) => {
            let private = object.private();
            quote!(#private::never(__result))
        }
        (_, Some(carrier)) => quote!(#carrier.take_part(__result)),
        _ if method.returned.known => quote!(__result.take_part::<#owned>()),
        _ => {
            let returned = expand_returned(object, method);
            quote!(#returned::take_part(__result))
        }
    }
}

/// `__result.take()`, for the result of a pushed call
pub(super) fn expand_taken(object: &Object, method: &Method) -> TokenStream {
    match (method.returned.sending, expand_result_carrier(object, method)) {
        (Sending::Never, _) => {
            let private = object.private();
            quote!(#private::never(__result))
        }
        (_, Some(carrier)) => quote!(#carrier.end(__result)),
        _ if method.returned.known => quote!(__result.take()),
        _ => {
            let returned = expand_returned(object, method);
            quote!(#returned::take(__result))
        }
    }
}

/// `<Vec<Detection> as Returned<detect>>::send(&Self::detect(self, &frame, size), __reply)`
pub(super) fn expand_answer(object: &Object, method: &Method) -> TokenStream {
    let (private, sent) = (object.private(), expand_all_sent(object, method));
    let room = method.returned.conversion.keeps().then(|| quote!(#private::check_room()?;));
    let this = (object.is_handle() && object.view.is_none() && method.consumes()).then(|| {
        quote! {
            let __this = #private::Used::<Self>::find(__key)?;
            __this.check_sole()?;
        }
    });
    let sent = expand_borrowing(object, method, sent);
    quote!(#room #this #sent)
}

fn expand_all_sent(object: &Object, method: &Method) -> TokenStream {
    if method.streams {
        return expand_streamed(object, method, expand_called(object, method));
    }
    let changed: Vec<_> = expand_changed(object, method);
    if changed.is_empty() || method.returned.sending == Sending::Never {
        return expand_sent(object, method, "send", "__reply");
    }
    let sent = expand_sent(object, method, "put", "__answer");
    quote! {
        __reply.send_all(|__answer| {
            #sent?;
            #(#changed?;)*
            ::core::result::Result::Ok(())
        })
    }
}

/// `__state.put(&Self::save(self))`
///
/// Calls the method, and passes its result to the function `put` of `to`.
pub(super) fn expand_sent(object: &Object, method: &Method, put: &str, to: &str) -> TokenStream {
    let called = expand_stepped(object, method);
    match method.returned.sending {
        Sending::Never => called,
        Sending::Unit => {
            let (put, to) = (format_ident!("{put}"), format_ident!("{to}"));
            quote!(#called; #to.#put(&()))
        }
        Sending::Reference => expand_put(object, method, &called, put, to),
        _ => {
            let reference = expand_reference(method);
            expand_put(object, method, &quote!(#reference #called), put, to)
        }
    }
}

/// `&`
///
/// It is at the user's type if the rest of the expression is there too. So the compiler reports
/// there that an alias such as `LoadResult<T>` is no `Result<T, _>`.
fn expand_reference(method: &Method) -> Token![&] {
    let told = method.returned.conversion.told();
    let span = told.first().map_or_else(Span::call_site, |told| told.result.span());
    Token![&](span.resolved_at(Span::call_site()))
}

/// `<f32 as InOut<scale>>::put_slice_back(&samples, __answer)` for each `&mut` argument
fn expand_changed(object: &Object, method: &Method) -> Vec<TokenStream> {
    let (private, marker) = (object.private(), marker(object, &method.function));
    let changed = method.function.in_out().map(|argument| {
        let (name, travels) = (&argument.name, expand_travels(&private, &marker, argument));
        if let Some(carrier) = expand_writing_carrier(&private, &marker, argument) {
            return quote!(#carrier.put_back(&#name, __answer));
        }
        let put = format_ident!("{}_back", function_name(argument, "put"));
        quote!(#travels::#put(&#name, __answer))
    });
    changed.collect()
}

/// Calls the method, and converts its result before it is sent.
fn expand_stepped(object: &Object, method: &Method) -> TokenStream {
    let (private, returned) = (object.private(), &method.returned);
    let mut called = expand_called(object, method);
    if method.may_fail_to_save {
        let described = expand_described(&private, method.function.sig.output.span());
        called = quote!(#called.map_err(|__error| #described.into_unsaved())?);
    }
    match returned.conversion {
        Conversion::Chained => quote!(let _ = #called),
        _ => expand_converted(&private, &returned.conversion, called),
    }
}

/// `use private::{Chain as _, …};` if a function needs these traits in scope
pub(super) fn expand_scope(object: &Object) -> TokenStream {
    let private = object.private();
    let as_text = |method: &Method| !method.returned.conversion.told().is_empty();
    let mut constructors = object.constructors.iter().chain(&object.restorers);
    let described = object.methods.iter().any(as_text)
        || constructors.any(|constructor| constructor.made.may_fail())
        || object.savers.iter().any(|saver| saver.may_fail_to_save);
    let is_lent = |method: &Method| {
        let is_lent = matches!(method.returned.sending, Sending::Reference | Sending::Borrowing);
        !method.returned.known && (is_lent || method.returned.conversion.keeps())
    };
    let described = described.then(|| quote!(use #private::{Chain as _, Plain as _, Displays as _, Sources as _};));
    let lent = object
        .methods
        .iter()
        .chain(&object.savers)
        .any(is_lent)
        .then(|| quote!(use #private::{Unwritable as _, Writable as _};));
    let allowed = quote!(#[allow(unused_imports)]);
    let (described, lent) =
        (described.map(|described| quote!(#allowed #described)), lent.map(|lent| quote!(#allowed #lent)));
    quote!(#described #lent)
}

/// `Self::detect(self, &frame, size)`
fn expand_called(object: &Object, method: &Method) -> TokenStream {
    let (callee, passed) = (method.function.callee(object.view.as_ref()), expand_passed(object, &method.function));
    let this = match method.access() {
        Some(Access::Boxed) if object.view.is_some() => quote!(::std::boxed::Box::new(__this)),
        _ if passes_itself(object, method) => quote!(__this),
        Some(Access::Boxed) if object.is_handle() => quote!(::std::boxed::Box::new(__this.take())),
        Some(Access::Boxed) => quote!(::std::boxed::Box::new(self)),
        Some(Access::Owned) if object.is_handle() => quote!(__this.take()),
        _ if method.replaces => quote!(__object),
        _ => quote!(self),
    };
    let is_async = method.function.sig.asyncness.is_some();
    let called = expand_awaited(object, is_async, quote!(#callee(#this #(, #passed)*)));
    if !method.replaces {
        return called;
    }
    let private = object.private();
    quote!(#private::replace(__held, |__object| #called))
}

/// `block_on(Self::fetch(self))` for an async function
pub(super) fn expand_awaited(object: &Object, is_async: bool, called: TokenStream) -> TokenStream {
    match &object.options.block_on {
        Some(block_on) if is_async => quote!(#block_on(#called)),
        _ => called,
    }
}
