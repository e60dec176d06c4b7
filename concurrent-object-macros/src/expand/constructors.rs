//! The call of a user's constructor, in the child.
//!
//! The modules `dispatch` and `snapshots` both use these functions. This module uses neither of
//! them.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Path, ReturnType};

use super::arguments::expand_passed;
use super::conversions::expand_described;
use super::results::expand_awaited;
use crate::model::{Constructor, Made, Object, Verdict};

/// Returns the constructors that no rule rejected.
pub(super) fn sound_constructors(object: &Object) -> impl Iterator<Item = &Constructor> {
    object.constructors.iter().filter(|constructor| constructor.function.verdict == Verdict::Sound)
}

/// `Self::new(&model, threshold).map_err(|error| …tell().into_failure())`
pub(super) fn expand_made(object: &Object, constructor: &Constructor) -> TokenStream {
    let (private, function) = (object.private(), &constructor.function);
    let (callee, passed) = (function.callee(None), expand_passed(object, function));
    let made = expand_awaited(object, function.sig.asyncness.is_some(), quote!(#callee(#(#passed),*)));
    let span = made_span(&function.sig.output);
    expand_object(&private, &constructor.made, made, span)
}

/// `made.map_err(…)`, `made.ok_or_else(Failure::none)` and so on: `Result<Self, Failure>`
fn expand_object(private: &Path, made: &Made, value: TokenStream, span: Span) -> TokenStream {
    let (object, inner) = match made {
        Made::Object => return quote!(::core::result::Result::Ok(#value)),
        Made::Boxed => return quote!(::core::result::Result::Ok(*#value)),
        Made::Result(inner) => {
            let described = expand_described(private, span);
            (quote!(#value.map_err(|__error| #described.into_failure())), inner)
        }
        Made::Option(inner) => (quote!(#value.ok_or_else(#private::Failure::none)), inner),
    };
    match **inner {
        Made::Object => object,
        _ => {
            let inner = expand_object(private, inner, quote!(__made), span);
            quote!(#object.and_then(|__made| #inner))
        }
    }
}

fn made_span(output: &ReturnType) -> Span {
    match output {
        ReturnType::Default => output.span(),
        ReturnType::Type(_, ty) => ty.span(),
    }
}
