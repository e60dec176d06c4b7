//! The outputs: an enum with one variant for each method, and how the parent reads one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::docs::docs;
use crate::model::{Method, Object};
use crate::names;

/// `pub enum DetectorOutput { … }` with its `impl`s.
pub(super) fn expand_output(object: &Object) -> TokenStream {
    let definition = expand_enum(object);
    let debug = (!derives_debug(object)).then(|| expand_debug(object));
    let decoding = expand_decoding(object);
    quote! {
        #definition
        #debug
        #decoding
    }
}

/// `pub enum DetectorOutput { Detect(Vec<Detection>), … }`
fn expand_enum(object: &Object) -> TokenStream {
    let (vis, output, derives) = (object.vis(), object.output(), &object.options.output_derive);
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    let variants = object.named_methods().map(expand_variant);
    let docs = docs(&format!(
        "What a pull of [`{}`] yields: the result of one pushed call, by the method's name.",
        object.proxy()
    ));
    quote! {
        #docs
        #derives
        #vis enum #output {
            #(#variants)*
        }
    }
}

/// `Detect(Vec<Detection>),`
fn expand_variant(method: &Method) -> TokenStream {
    let function = &method.function;
    let owned = names::generated_tokens(&method.returned.owned);
    let (cfgs, variant) = (&function.attributes.cfgs, names::variant(function.name()));
    let docs = docs(&format!("What `{}` returned.", function.name()));
    quote! {
        #docs
        #(#cfgs)*
        #variant(#owned),
    }
}

fn derives_debug(object: &Object) -> bool {
    let mut derives = object.options.output_derive.iter();
    derives.any(|path| path.segments.last().is_some_and(|last| last.ident == "Debug"))
}

/// `impl Debug for DetectorOutput { … }`: prints the variant's name and asks nothing of the payload.
fn expand_debug(object: &Object) -> TokenStream {
    let output = object.output();
    let arms = object.named_methods().map(|method| {
        let (cfgs, variant) = (&method.function.attributes.cfgs, names::variant(method.function.name()));
        let text = variant.to_string();
        quote!(#(#cfgs)* Self::#variant(_) => __formatter.write_str(#text),)
    });
    quote! {
        impl ::core::fmt::Debug for #output {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match *self {
                    #(#arms)*
                }
            }
        }
    }
}

/// `impl Output for DetectorOutput { … }`
fn expand_decoding(object: &Object) -> TokenStream {
    let (krate, output) = (object.krate(), object.output());
    let methods = object.methods.iter().map(|method| method.function.sig.ident.unraw().to_string());
    let arms = object.named_methods().map(|method| expand_decoding_arm(object, method));
    quote! {
        impl #krate::private::Output for #output {
            const METHODS: &'static [&'static str] = &[#(#methods),*];

            fn decode(
                __method: u32,
                __result: &mut #krate::private::ResultReader<'_>,
            ) -> ::core::result::Result<Self, #krate::private::Failure> {
                match __method {
                    #(#arms)*
                    _ => ::core::result::Result::Err(#krate::private::Failure::no_method(__method)),
                }
            }
        }
    }
}

/// `0 => <Vec<Detection> as Returned>::take(__result).map(Self::Detect),`
fn expand_decoding_arm(object: &Object, method: &Method) -> TokenStream {
    let (private, function, owned) = (object.private(), &method.function, &method.returned.owned);
    let (cfgs, index, variant) = (&function.attributes.cfgs, function.number(), names::variant(function.name()));
    let taken = match method.returned.known {
        true => quote!(__result.take()),
        false => quote!(<#owned as #private::Returned>::take(__result)),
    };
    quote!(#(#cfgs)* #index => #taken.map(Self::#variant),)
}
