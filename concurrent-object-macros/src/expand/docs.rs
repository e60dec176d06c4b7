//! Doc comments of generated items.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

/// Returns one `///` line for each line of `text`.
pub(super) fn docs(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// Returns the user's documentation, and `text` as a paragraph after it.
pub(super) fn docs_after(own: &[Attribute], text: &str) -> TokenStream {
    let gap = (!own.is_empty()).then(|| quote!(#[doc = ""]));
    let text = docs(text);
    quote!(#(#own)* #gap #text)
}
