//! The call of a user's constructor, in the child.
//!
//! The modules `dispatch` and `snapshots` both use these functions. This module uses neither of
//! them.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ReturnType;
use syn::spanned::Spanned;

use super::arguments::expand_passed;
use super::results::{expand_awaited, expand_described};
use crate::model::{Constructor, Made, Object, Verdict};

/// Returns the constructors that no rule rejected.
pub(super) fn sound_constructors(object: &Object) -> impl Iterator<Item = &Constructor> {
    object.constructors.iter().filter(|constructor| constructor.function.verdict == Verdict::Sound)
}

/// `Self::new(&model, threshold).map_err(|error| …tell().into_failure())`
pub(super) fn expand_made(object: &Object, constructor: &Constructor) -> TokenStream {
    let (private, function) = (object.private(), &constructor.function);
    let (callee, passed) = (function.callee(), expand_passed(object, function));
    let made = expand_awaited(object, function.sig.asyncness.is_some(), quote!(#callee(#(#passed),*)));
    match constructor.made {
        Made::Object => quote!(::core::result::Result::Ok(#made)),
        Made::Result => {
            let described = expand_described(&private, made_span(&function.sig.output));
            quote!(#made.map_err(|__error| #described.into_failure()))
        }
        Made::Option => quote!(#made.ok_or_else(#private::Failure::none)),
    }
}

fn made_span(output: &ReturnType) -> Span {
    match output {
        ReturnType::Default => output.span(),
        ReturnType::Type(_, ty) => ty.span(),
    }
}
