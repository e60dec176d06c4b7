//! The arguments of a function: declared and written in the parent, read and passed in the child.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Path};

use crate::model::{Argument, Function, Object, Passing};

/// `frame: &[u8], size: (u32, u32)`
pub(super) fn expand_parameters(function: &Function) -> TokenStream {
    let names = function.arguments.iter().map(|argument| &argument.name);
    let types = function.arguments.iter().map(|argument| &argument.ty);
    quote!(#(#names: #types),*)
}

/// `|__arguments| { __arguments.put("frame", frame); <Key as Argument<'_>>::put(&key, "key", __arguments); }`
pub(super) fn expand_writer(object: &Object, function: &Function) -> TokenStream {
    if function.arguments.is_empty() {
        return quote!(|_| {});
    }
    let puts = function.arguments.iter().map(|argument| expand_put(&object.private(), argument));
    quote!(|__arguments| { #(#puts)* })
}

fn expand_put(private: &Path, argument: &Argument) -> TokenStream {
    let (text, name) = (argument.text(), &argument.name);
    let put = if_optional(argument, "put");
    let value = if matches!(argument.passing, Passing::Value) { quote!(&#name) } else { quote!(#name) };
    if argument.known {
        return quote!(__arguments.#put(#text, #value););
    }
    let travels = match &argument.passing {
        Passing::Collected(element) => quote!(<[#element] as #private::Sent>),
        _ => expand_travels(private, argument),
    };
    quote!(#travels::#put(#value, #text, __arguments);)
}

/// `let frame = __arguments.borrow::<[u8]>("frame")?; … __arguments.end()?;`
pub(super) fn expand_reader(object: &Object, function: &Function) -> TokenStream {
    let takes = function.arguments.iter().map(|argument| expand_take(&object.private(), argument));
    quote! {
        #(#takes)*
        __arguments.end()?;
    }
}

fn expand_take(private: &Path, argument: &Argument) -> TokenStream {
    let (text, name) = (argument.text(), &argument.name);
    if argument.known {
        let taken = expand_known_take(argument);
        return quote!(let #name = #taken?;);
    }
    let (travels, take) = (expand_travels(private, argument), if_optional(argument, "take"));
    quote!(let #name = #travels::#take(#text, __arguments)?;)
}

/// `__arguments.borrow::<[u8]>("frame")`
fn expand_known_take(argument: &Argument) -> TokenStream {
    let (text, borrow, whole) = (argument.text(), if_optional(argument, "borrow"), &argument.ty);
    match &argument.passing {
        Passing::Value => quote!(__arguments.take::<#whole>(#text)),
        Passing::Slice(element) => quote!(__arguments.#borrow::<[#element]>(#text)),
        Passing::Held(ty) | Passing::Lent(ty) | Passing::Collected(ty) => quote!(__arguments.#borrow::<#ty>(#text)),
    }
}

/// `<Key as ::concurrent_object::private::Argument<'_>>`: on the user's tokens, so that this is where the compiler says
/// that the type cannot travel.
fn expand_travels(private: &Path, argument: &Argument) -> TokenStream {
    match &argument.passing {
        Passing::Value => {
            let ty = &argument.ty;
            quote!(<#ty as #private::Argument<'_>>)
        }
        Passing::Lent(ty) => quote!(<#ty as #private::Argument<'_>>),
        Passing::Slice(element) => quote!(<#element as #private::Element>),
        Passing::Held(ty) => quote!(<#ty as #private::Borrowed>),
        Passing::Collected(element) => quote!(<::std::vec::Vec<#element> as #private::Argument<'_>>),
    }
}

/// `take`, or `take_option`
fn if_optional(argument: &Argument, name: &str) -> Ident {
    if argument.optional { format_ident!("{name}_option") } else { format_ident!("{name}") }
}

/// `&frame, size`
pub(super) fn expand_passed(function: &Function) -> Vec<TokenStream> {
    function.arguments.iter().map(expand_pass).collect()
}

fn expand_pass(argument: &Argument) -> TokenStream {
    let name = &argument.name;
    match &argument.passing {
        Passing::Value => quote!(#name),
        Passing::Lent(_) if argument.optional && !argument.known => quote!(#name.as_ref()),
        _ if argument.optional => quote!(#name.as_deref()),
        _ => quote!(&#name),
    }
}
