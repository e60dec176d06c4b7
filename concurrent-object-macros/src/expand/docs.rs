//! Doc comments of generated items.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::copied::copied_docs;
use crate::model::{Function, Object, peel};

/// Returns one `///` line for each line of `text`.
pub(super) fn docs(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// Returns the user's documentation of a function, and `text` as a paragraph after it.
///
/// A last line says which types were chosen for the function's parameters.
pub(super) fn docs_of(object: &Object, function: &Function, text: &str) -> TokenStream {
    let own = copied_docs(&function.attributes.docs, &origin(object, function));
    let gap = (!own.is_empty()).then(|| quote!(#[doc = ""]));
    let chosen = function.notes.iter().map(|note| format!("`{}` for `{}`", note.taken, note.written));
    let chosen: Vec<_> = chosen.collect();
    let line = if chosen.is_empty() { String::new() } else { format!("\n\nTakes {}.", chosen.join(", ")) };
    let text = docs(&format!("{text}{line}"));
    quote!(#(#own)* #gap #text)
}

/// `inner::Detector::detect`, for a link
fn origin(object: &Object, function: &Function) -> String {
    let path = match peel(&object.ty) {
        Type::Path(ty) => ty.path.segments.iter().map(|segment| segment.ident.to_string()).collect(),
        _ => vec![object.ident.to_string()],
    };
    format!("{}::{}", path.join("::"), function.sig.ident)
}
