//! The arguments of a function: declared and written in the parent, read and passed in the child.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Argument, Function, Passing};

/// `frame: &[u8], size: (u32, u32)`
pub(super) fn expand_parameters(function: &Function) -> TokenStream {
    let names = function.arguments.iter().map(|argument| &argument.name);
    let types = function.arguments.iter().map(|argument| &argument.ty);
    quote!(#(#names: #types),*)
}

/// `|__arguments| { __arguments.put("frame", frame); __arguments.put("size", &size); }`
pub(super) fn expand_writer(function: &Function) -> TokenStream {
    if function.arguments.is_empty() {
        return quote!(|_| {});
    }
    let puts = function.arguments.iter().map(expand_put);
    quote!(|__arguments| { #(#puts)* })
}

fn expand_put(argument: &Argument) -> TokenStream {
    let (text, name) = (argument.text(), &argument.name);
    match argument.passing {
        Passing::Value | Passing::OptionLent(_) | Passing::OptionLentSlice(_) => {
            quote!(__arguments.put(#text, &#name);)
        }
        Passing::Held(_) | Passing::Lent(_) => quote!(__arguments.put(#text, #name);),
        Passing::OptionHeld(_) => quote!(__arguments.put_option(#text, #name);),
    }
}

/// `let frame = __arguments.borrow::<[u8]>("frame")?; … __arguments.end()?;`
pub(super) fn expand_reader(function: &Function) -> TokenStream {
    let takes = function.arguments.iter().map(expand_take);
    quote! {
        #(#takes)*
        __arguments.end()?;
    }
}

fn expand_take(argument: &Argument) -> TokenStream {
    let (text, name, whole) = (argument.text(), &argument.name, &argument.ty);
    match &argument.passing {
        Passing::Value => quote!(let #name = __arguments.take::<#whole>(#text)?;),
        Passing::Lent(ty) => quote!(let #name = __arguments.take::<#ty>(#text)?;),
        Passing::OptionLent(ty) | Passing::OptionLentSlice(ty) => {
            quote!(let #name = __arguments.take::<::core::option::Option<#ty>>(#text)?;)
        }
        Passing::Held(ty) => quote!(let #name = __arguments.borrow::<#ty>(#text)?;),
        Passing::OptionHeld(ty) => quote!(let #name = __arguments.borrow_option::<#ty>(#text)?;),
    }
}

/// `&frame, size`
pub(super) fn expand_passed(function: &Function) -> Vec<TokenStream> {
    function.arguments.iter().map(expand_pass).collect()
}

fn expand_pass(argument: &Argument) -> TokenStream {
    let name = &argument.name;
    match &argument.passing {
        Passing::Value => quote!(#name),
        Passing::Held(_) | Passing::Lent(_) => quote!(&#name),
        Passing::OptionHeld(_) | Passing::OptionLentSlice(_) => quote!(#name.as_deref()),
        Passing::OptionLent(_) => quote!(#name.as_ref()),
    }
}
