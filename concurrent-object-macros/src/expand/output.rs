//! The output enum, with one variant for each method that can be pushed, and the code with which
//! the parent decodes it.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::bounds::{expand_where, result_bounds};
use super::docs::docs;
use super::results::expand_taken;
use crate::model::{Method, Object, Verdict};
use crate::names;
use crate::options::Time;

/// `pub enum DetectorOutput { Detect(Vec<Detection>), … }`
pub(super) fn expand_enum(object: &Object) -> TokenStream {
    let (vis, output, derives) = (object.vis(), object.output(), &object.options.output_derive);
    let (generics, cfgs) = (object.output_generics(), &object.cfgs);
    let clause = &generics.where_clause;
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    let variants = object.pushed_methods().map(expand_variant);
    let docs = docs(&format!("The result of one pushed call, as a pull of [`{}`] yields it.", object.proxy()));
    quote! {
        #docs
        #(#cfgs)*
        #derives
        #[allow(dead_code)]
        #vis enum #output #generics #clause {
            #(#variants)*
        }
    }
}

/// `Detect(Vec<Detection>),`
fn expand_variant(method: &Method) -> TokenStream {
    let function = &method.function;
    let owned = names::generated_tokens(&method.returned.owned);
    let (cfgs, variant) = (&function.attributes.cfgs, names::variant(function.name()));
    let docs = docs(&format!("The result of `{}`.", function.name()));
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

/// `impl Debug for DetectorOutput { … }`, which prints the variant's name alone
///
/// So it does not require `Debug` of the payloads.
pub(super) fn expand_debug(object: &Object) -> TokenStream {
    if derives_debug(object) {
        return TokenStream::new();
    }
    let (output, generics) = (object.output(), object.output_generics());
    let (generics, types, clause) = generics.split_for_impl();
    let arms = object.pushed_methods().map(|method| {
        let (cfgs, variant) = (&method.function.attributes.cfgs, names::variant(method.function.name()));
        let text = variant.to_string();
        quote!(#(#cfgs)* Self::#variant(..) => __formatter.write_str(#text),)
    });
    quote! {
        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #output #types #clause {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match *self {
                    #(#arms)*
                }
            }
        }
    }
}

/// `impl Methods for DetectorOutput { … }`
pub(super) fn expand_decoding(object: &Object) -> TokenStream {
    let (krate, output, generics) = (object.krate(), object.output(), object.output_generics());
    let methods = object.methods.iter().map(|method| method.function.sig.ident.unraw().to_string());
    let (timeouts, idempotent) = (expand_timeouts(object), expand_idempotent(object));
    let sound = || object.pushed_methods().filter(|method| method.function.verdict == Verdict::Sound);
    let arms = sound().map(|method| expand_decoding_arm(object, method));
    let bounds: Vec<_> = sound().flat_map(|method| result_bounds(object, method)).collect();
    let (generics, types, clause) = generics.split_for_impl();
    let clause = expand_where(clause, &bounds);
    quote! {
        #[automatically_derived]
        impl #generics #krate::private::Methods for #output #types #clause {
            const METHODS: &'static [&'static str] = &[#(#methods),*];
            #timeouts
            #idempotent

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

/// `const TIMEOUTS: &'static [(u32, Duration)] = &[(0, Duration::from_secs(2))];`, if a method has
/// a time limit
fn expand_timeouts(object: &Object) -> Option<TokenStream> {
    let timed = object.methods.iter().filter_map(|method| {
        let Time { written, given } = method.function.attributes.options.timeout.as_ref()?;
        let (cfgs, index) = (&method.function.attributes.cfgs, method.function.number());
        let time = written.map_or_else(|| expand_constant_time(object, given), expand_time);
        Some(quote!(#(#cfgs)* (#index, #time)))
    });
    let timed: Vec<_> = timed.collect();
    let list = quote!(&'static [(u32, ::core::time::Duration)]);
    (!timed.is_empty()).then(|| quote!(const TIMEOUTS: #list = &[#(#timed),*];))
}

/// `positive(LIMIT)`, all of it with the span of `LIMIT`
///
/// The compiler evaluates it, and reports a limit of zero at that place.
fn expand_constant_time(object: &Object, given: &Expr) -> TokenStream {
    let krate = object.krate();
    let function = quote!(#krate::private::positive).into_iter().map(|mut token| {
        token.set_span(given.span());
        token
    });
    let function: TokenStream = function.collect();
    quote_spanned!(given.span()=> #function(#given))
}

/// `const IDEMPOTENT: &'static [u32] = &[0];`, if a method is idempotent
fn expand_idempotent(object: &Object) -> Option<TokenStream> {
    let idempotent = object.methods.iter().filter(|method| method.function.attributes.options.idempotent.is_some());
    let numbers = idempotent.map(|method| {
        let (cfgs, index) = (&method.function.attributes.cfgs, method.function.number());
        quote!(#(#cfgs)* #index)
    });
    let numbers: Vec<_> = numbers.collect();
    (!numbers.is_empty()).then(|| quote!(const IDEMPOTENT: &'static [u32] = &[#(#numbers),*];))
}

/// `Duration::from_secs(2)`, in the largest unit of which the time is a whole number
fn expand_time(time: Duration) -> TokenStream {
    let units = [
        (u128::from(time.as_secs()), 1_000_000_000, quote!(from_secs)),
        (time.as_millis(), 1_000_000, quote!(from_millis)),
        (time.as_micros(), 1000, quote!(from_micros)),
    ];
    let whole = units.into_iter().find(|&(count, size, _)| count * size == time.as_nanos());
    let (count, _, unit) = whole.unwrap_or_else(|| (time.as_nanos(), 1, quote!(from_nanos)));
    let count = Literal::u128_unsuffixed(count);
    quote!(::core::time::Duration::#unit(#count))
}

/// `0 => <Vec<Detection> as Returned<detect>>::take(__result).map(Self::Detect),`
fn expand_decoding_arm(object: &Object, method: &Method) -> TokenStream {
    let function = &method.function;
    let (cfgs, index, variant) = (&function.attributes.cfgs, function.number(), names::variant(function.name()));
    let taken = expand_taken(object, method);
    quote!(#(#cfgs)* #index => #taken.map(Self::#variant),)
}
