//! Gathers everything that is wrong with one use of the attribute, so that all of it is reported at once.
//!
//! Knows tokens and messages, no rules.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// What was found so far.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<syn::Error>,
}

impl Errors {
    /// Records `message`, to be shown under `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.all.push(syn::Error::new_spanned(tokens, message));
    }

    /// Records an error that has its place already.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.all.push(error);
    }

    /// How many were found so far; it grows when a rule finds something.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// The messages, in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.all.iter().map(ToString::to_string).collect()
    }
}

/// `::core::compile_error! { … }` for each.
impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.all.iter().map(syn::Error::to_compile_error));
    }
}
