//! The conversion of a result before the child sends it.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Path;
use syn::spanned::Spanned;

use crate::model::{Conversion, Keeping, Told, contains_impl};
use crate::names;

/// `value.map(private::collected)` and so on: converts a value, and the values inside it
pub(super) fn expand_converted(private: &Path, conversion: &Conversion, value: TokenStream) -> TokenStream {
    match conversion {
        Conversion::None => value,
        Conversion::Text(span) => expand_worded(private, *span, &value),
        Conversion::Chained => quote!({ let _ = #value; }),
        Conversion::Kept(keeping) => {
            let keep = expand_keep(private, keeping);
            quote!(#keep(#value))
        }
        Conversion::View(family) => quote!(__views.keep::<#family>(#value)),
        Conversion::Tuple(parts) => {
            let names: Vec<_> = (0..parts.len()).map(|at| format_ident!("__part_{at}")).collect();
            let converted = parts.iter().zip(&names).map(|(part, name)| expand_converted(private, part, quote!(#name)));
            quote!({ let (#(#names,)*) = #value; (#(#converted,)*) })
        }
        Conversion::Option(inner) => {
            let convert = expand_converter(private, inner);
            quote!(#value.map(#convert))
        }
        Conversion::List(inner) if matches!(**inner, Conversion::None) => quote!(#private::collected(#value)),
        Conversion::List(inner) => {
            let convert = expand_converter(private, inner);
            quote!(#private::collected_by(#value, #convert))
        }
        Conversion::Result { told, value: inner } => {
            let value = told.iter().fold(value, |value, told| expand_told(private, told, &value));
            if matches!(**inner, Conversion::None) {
                return value;
            }
            let convert = expand_converter(private, inner);
            quote!(#value.map(#convert))
        }
    }
}

/// `Worded::of(&value).text()`, with the span of the value's type
fn expand_worded(private: &Path, span: Span, value: &TokenStream) -> TokenStream {
    let place = span.resolved_at(Span::call_site());
    let worded = quote!(#private::Worded::of).into_iter().map(|tree| names::placed(tree, place));
    let text = quote!(.text()).into_iter().map(|tree| names::placed(tree, place));
    let mut passed = Group::new(Delimiter::Parenthesis, quote!(&#value));
    passed.set_span(place);
    quote!(#(#worded)* #passed #(#text)*)
}

/// `private::keep::<Channel>`, or `<Channel as KeptCopy>::keep_copy` with the spans of the user's
/// type
fn expand_keep(private: &Path, keeping: &Keeping) -> TokenStream {
    match (keeping.is_opaque, &keeping.copied) {
        (false, None) => {
            let ty = &keeping.ty;
            quote!(#private::keep::<#ty>)
        }
        (true, None) => quote!(#private::keep_opaque),
        (false, Some(ty)) => quote!(<#ty as #private::KeptCopy>::keep_copy),
        (true, Some(ty)) => quote!(<#ty as #private::KeptCopy>::keep_opaque_copy),
    }
}

/// `|__part| …`: the function that converts a value
fn expand_converter(private: &Path, conversion: &Conversion) -> TokenStream {
    match conversion {
        Conversion::Chained => quote!(|_| ()),
        Conversion::Kept(keeping) => expand_keep(private, keeping),
        Conversion::List(inner) if matches!(**inner, Conversion::None) => quote!(#private::collected),
        conversion => {
            let converted = expand_converted(private, conversion, quote!(__part));
            quote!(|__part| #converted)
        }
    }
}

/// `<io::Result<u8> as Fallible>::told(value, |__error| (&&&&Described(&__error)).tell())`
///
/// With the spans of the user's type, so that the compiler reports there if it is no `Result`.
fn expand_told(private: &Path, told: &Told, value: &TokenStream) -> TokenStream {
    let span = told.error.as_ref().map_or_else(|| told.result.span(), Spanned::span);
    let (result, described) = (&told.result, expand_described(private, span));
    let tell = quote!(|__error| #described);
    let place = result.span().resolved_at(Span::call_site());
    match contains_impl(result) {
        true => quote!(#private::Fallible::told(#value, #tell)),
        false => {
            let told = quote!(<#result as #private::Fallible>::told);
            let told = told.into_iter().map(|tree| names::placed(tree, place));
            let mut passed = Group::new(Delimiter::Parenthesis, quote!(#value, #tell));
            passed.set_span(place);
            quote!(#(#told)* #passed)
        }
    }
}

/// `(&&&&Described(&__error)).tell()`, with the span of the type that contains the error
///
/// The four references select a trait by what the error implements (autoref specialization).
pub(super) fn expand_described(private: &Path, span: Span) -> TokenStream {
    let span = span.resolved_at(Span::call_site());
    let described = quote!((&&&&#private::Described(&__error)).tell());
    described.into_iter().map(|tree| names::placed(tree, span)).collect()
}
