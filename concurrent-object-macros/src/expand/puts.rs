//! The one place that writes a result, or an item of a stream, into a message.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::adapters::{expand_lent, expand_result_carrier};
use super::guards::{expand_owned, is_decoded_by_choice};
use super::markers::marker;
use crate::model::{Method, Object, Sending};

/// `<Vec<Detection> as Returned<detect>>`, with the spans of the user's tokens
pub(super) fn expand_returned(object: &Object, method: &Method) -> TokenStream {
    let (private, owned, marker) = (object.private(), expand_owned(object, method), marker(object, &method.function));
    match method.returned.is_result() {
        true => quote!(<#owned as #private::ReturnedResult<#marker>>),
        false => quote!(<#owned as #private::Returned<#marker>>),
    }
}

/// Passes a reference to a result to the function `put` of `to`.
pub(super) fn expand_put(object: &Object, method: &Method, value: &TokenStream, put: &str, to: &str) -> TokenStream {
    let (put, to) = (format_ident!("{put}"), format_ident!("{to}"));
    match (method.returned.sending, expand_result_carrier(object, method)) {
        _ if method.returned.known => quote!(#to.#put(#value)),
        _ if is_decoded_by_choice(method) && method.returned.adapters.is_none() => {
            let private = object.private();
            quote!(#private::Sends::new(#value).#put(#to))
        }
        // A result with a handle has another type here than in the parent, which checks its types.
        _ if method.returned.conversion.keeps() => {
            let private = object.private();
            quote!((&&#private::Lent(#value)).#put(#to))
        }
        (Sending::Value, Some(carrier)) => {
            let put = if put == "put" { format_ident!("put_back") } else { put };
            quote!(#carrier.#put(#value, #to))
        }
        (Sending::Value, None) => {
            let returned = expand_returned(object, method);
            quote!(#returned::#put(#value, #to))
        }
        (Sending::Reference | Sending::Borrowing, _) => {
            let private = object.private();
            let value = expand_lent(object, method, value).unwrap_or_else(|| value.clone());
            quote!((&&#private::Lent(#value)).#put(#to))
        }
        (Sending::Never | Sending::Unit, _) => quote!(#to.#put(#value)),
    }
}
