//! The adapters of arguments and results in which a part has no `serde`.
//!
//! Parent and child choose the same adapter, because both write the same expression.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Ident, Path, Type};

use super::markers::marker;
use crate::model::{Adapter, Argument, Method, Object, Passing, contains_lifetime};
use crate::names;

/// The carrier with which the writing process writes an argument; `None` if it needs no adapter
pub(super) fn expand_writing_carrier(private: &Path, marker: &Ident, argument: &Argument) -> Option<TokenStream> {
    let adapter = expand_adapter(private, argument.adapter.as_ref()?, Some(marker), marker);
    let list = quote!(#private::Composite::new((#adapter,)));
    let (ty, adapter) = match &argument.passing {
        Passing::Handle(..) => return None,
        Passing::Value => (argument.ty.to_token_stream(), adapter),
        Passing::Lent(ty) | Passing::Held(ty) | Passing::InOut(ty) => (quote!(#ty), adapter),
        Passing::Slice(element) | Passing::InOutSlice(element) => (quote!([#element]), list),
        Passing::Each(element, _) => {
            (quote!([&#element]), quote!(#private::Composite::new((#private::Behind::new(#adapter),))))
        }
        Passing::Slices(element, _) => {
            (quote!([&[#element]]), quote!(#private::Composite::new((#private::Behind::new(#list),))))
        }
    };
    Some(quote!(#private::TypeCarrier::<#ty, _>::new(#adapter)))
}

/// The carrier with which the reading process reads the argument
pub(super) fn expand_reading_carrier(private: &Path, marker: &Ident, argument: &Argument) -> Option<TokenStream> {
    let adapter = expand_adapter(private, argument.adapter.as_ref()?, Some(marker), marker);
    let list = quote!(#private::Composite::new((#adapter,)));
    let (ty, adapter) = match &argument.passing {
        Passing::Handle(..) => return None,
        Passing::Value => (argument.ty.to_token_stream(), adapter),
        Passing::Lent(ty) | Passing::Held(ty) | Passing::InOut(ty) => (quote!(#ty), adapter),
        Passing::Slice(element) | Passing::InOutSlice(element) | Passing::Each(element, _) => {
            (quote!(::std::vec::Vec<#element>), list)
        }
        Passing::Slices(element, _) => {
            (quote!(::std::vec::Vec<::std::vec::Vec<#element>>), quote!(#private::Composite::new((#list,))))
        }
    };
    Some(quote!(#private::TypeCarrier::<#ty, _>::new(#adapter)))
}

/// `let __changed_0 = ….take_part(__result)?;` and `write_back(order, __changed_0);`
pub(super) fn expand_carried_back(
    private: &Path,
    argument: &Argument,
    carrier: &TokenStream,
    changed: &Ident,
) -> (TokenStream, TokenStream) {
    let name = &argument.name;
    match argument.passing {
        Passing::InOutSlice(_) => (
            quote!(let #changed = #carrier.take_slice_back(#name, __result)?;),
            quote!(#private::write_slice_back(#name, #changed);),
        ),
        _ => (quote!(let #changed = #carrier.take_part(__result)?;), quote!(#private::write_back(#name, #changed);)),
    }
}

/// The carrier of a result in its owned form; `None` if the result needs no adapter
pub(super) fn expand_result_carrier(object: &Object, method: &Method) -> Option<TokenStream> {
    let (private, marker) = (object.private(), marker(object, &method.function));
    let (owned, adapters) = (&method.returned.owned, method.returned.adapters.as_ref()?);
    let adapter = expand_adapter(&private, &adapters.owned, Some(&marker), &marker);
    Some(quote!(#private::TypeCarrier::<#owned, _>::new(#adapter)))
}

/// `&TypeCarrier::<Option<&Ordering>, _>::new(…).lent(&…)`, for a borrowed result with an adapter.
///
/// Its parts are checked where the owned form is read.
pub(super) fn expand_lent(object: &Object, method: &Method, value: &TokenStream) -> Option<TokenStream> {
    let (private, marker) = (object.private(), marker(object, &method.function));
    let (sent, adapters) = (&method.returned.sent, method.returned.adapters.as_ref()?);
    let adapter = expand_adapter(&private, &adapters.sent, None, &marker);
    Some(quote!(&#private::TypeCarrier::<#sent, _>::new(#adapter).lent(#value)))
}

/// `Composite::new((Pick::<Ordering, sort, _>::new(()).adapter(), Itself,))`
///
/// With `checked`, the compiler checks each part that is sent by its own `serde`.
fn expand_adapter(private: &Path, adapter: &Adapter, checked: Option<&Ident>, marker: &Ident) -> TokenStream {
    let all = |parts: &[Adapter]| {
        let parts = parts.iter().map(|part| expand_adapter(private, part, checked, marker));
        quote!((#(#parts,)*))
    };
    match adapter {
        Adapter::Known => quote!(#private::Itself),
        Adapter::Itself(ty) => match checked {
            Some(marker) if contains_lifetime(ty) => {
                quote!(#private::borrowing_leaf::<#ty, #marker, _>())
            }
            Some(marker) => quote!(#private::leaf::<#ty, #marker, _>()),
            None => quote!(#private::Itself),
        },
        Adapter::Judged(_) => quote!(#private::Judged::<#marker>::new()),
        Adapter::Standard => quote!(#private::Standard),
        Adapter::Function => quote!(#private::FunctionPointer),
        Adapter::Through(ty, form) => {
            let function = adapter_function(form);
            quote!(#private::Conversion::<#ty, #form, #marker>::new().#function())
        }
        Adapter::Functions(ty, path) => names::carrier(ty, path).to_token_stream(),
        Adapter::Composite(parts) | Adapter::Container(parts) => {
            let parts = all(parts);
            quote!(#private::Composite::new(#parts))
        }
        Adapter::Named(ty, parts) => expand_pick(private, ty, marker, &all(parts)),
        Adapter::Behind(target) => {
            let target = expand_adapter(private, target, checked, marker);
            quote!(#private::Behind::new(#target))
        }
    }
}

/// `Pick::<Ordering, sort, _>::new(()).adapter()`, with the span of the type
fn expand_pick(private: &Path, ty: &Type, marker: &Ident, parts: &TokenStream) -> TokenStream {
    let function = adapter_function(ty);
    quote!(#private::Pick::<#ty, #marker, _>::new(#parts).#function())
}

/// `adapter`, with the span of the type
fn adapter_function(ty: &Type) -> Ident {
    Ident::new("adapter", ty.span().resolved_at(Span::call_site()))
}

/// `struct __config_as_Config; impl Writes<Config> for __config_as_Config { … } …` for each type
/// that is sent with functions of the user
pub(super) fn expand_function_adapters(object: &Object) -> TokenStream {
    let arguments = object.called_functions().flat_map(|function| &function.arguments);
    let arguments = arguments.filter_map(|argument| argument.adapter.as_ref());
    let results = object.methods.iter().chain(&object.savers).filter_map(|method| method.returned.adapters.as_ref());
    let adapters = arguments.chain(results.map(|adapters| &adapters.owned));
    let mut items: Vec<TokenStream> = Vec::new();
    for (ty, path) in adapters.flat_map(Adapter::functions) {
        let item = expand_function_adapter(&object.private(), ty, path);
        if !items.iter().any(|other| other.to_string() == item.to_string()) {
            items.push(item);
        }
    }
    quote!(#(#items)*)
}

fn expand_function_adapter(private: &Path, ty: &Type, path: &Path) -> TokenStream {
    let (name, span) = (names::carrier(ty, path), path.span().resolved_at(Span::call_site()));
    let (serialize, deserialize) = (Ident::new("serialize", span), Ident::new("deserialize", span));
    quote! {
        #[allow(dead_code, non_camel_case_types)]
        #[derive(::core::default::Default)]
        struct #name;

        impl #private::Writes<#ty> for #name {
            fn write<__S: #private::Serializer>(
                value: &#ty,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #path::#serialize(value, serializer)
            }
        }

        impl<'de> #private::Reads<'de, #ty> for #name {
            fn read<__D: #private::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<#ty, __D::Error> {
                #path::#deserialize(deserializer)
            }
        }
    }
}
