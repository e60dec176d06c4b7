//! Collects the errors of one use of the attribute, so that the compiler reports all of them at
//! once.
//!
//! Knows tokens and messages. Must not know the rules.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<syn::Error>,
}

impl Errors {
    /// Records `message`, to be shown under `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.all.push(syn::Error::new_spanned(tokens, message));
    }

    /// Records an error that already has a span.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.all.push(error);
    }

    /// Returns the number of errors found so far. It grows when a rule finds a violation.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Returns the messages, in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.all.iter().map(ToString::to_string).collect()
    }
}

/// Writes `::core::compile_error! { … }` for each error.
impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.all.iter().map(syn::Error::to_compile_error));
    }
}
