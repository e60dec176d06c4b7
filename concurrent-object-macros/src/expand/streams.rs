//! The items of a method that streams: the child sends each when it comes.

use proc_macro2::TokenStream;
use quote::quote;

use super::conversions::expand_converted;
use super::puts::expand_put;
use crate::model::{Conversion, Method, Object, Sending};

/// `__reply.stream(Self::frames(self, &path), |__item, __answer| <Frame as
/// Returned<frames>>::put(__item, __answer))`
pub(super) fn expand_streamed(object: &Object, method: &Method, called: TokenStream) -> TokenStream {
    let private = object.private();
    let items = match &method.returned.conversion {
        Conversion::None => called,
        conversion => {
            let converted = expand_converted(&private, conversion, quote!(__part));
            quote!(::core::iter::Iterator::map(::core::iter::IntoIterator::into_iter(#called), |__part| #converted))
        }
    };
    let item = match method.returned.sending {
        Sending::Reference => quote!(*__item),
        _ => quote!(__item),
    };
    let put = expand_put(object, method, &item, "put", "__answer");
    quote!(__reply.stream(#items, |__item, __answer| #put))
}
