//! Functions with many arguments: whoever wrote them has heard of it where they are written.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Function;

/// As many arguments as clippy takes without a word, the receiver among them.
const UNREMARKED: usize = 7;

/// `#[allow(clippy::too_many_arguments)]`, if one of these has so many.
pub(super) fn expand_many_arguments<'f>(mut functions: impl Iterator<Item = &'f Function>) -> Option<TokenStream> {
    let many = functions.any(|function| function.arguments.len() + 1 > UNREMARKED);
    many.then(|| quote!(#[allow(clippy::too_many_arguments)]))
}
