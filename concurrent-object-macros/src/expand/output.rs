//! The output enum, with one variant for each method that can be pushed, and the code with which
//! the parent decodes it.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::allowed::expand_hidden_lifetimes;
use super::bounds::{expand_where, result_bounds};
use super::docs::docs;
use super::guards::{expand_choice, expand_stated, is_decoded_by_choice};
use super::listed::lists;
use super::parts;
use super::results::expand_taken;
use super::shape::expand_own_shape;
use crate::model::{Method, Object, Part, Verdict};
use crate::names;
use crate::options::Time;

/// `pub enum DetectorOutput { Detect(Vec<Detection>), … }`
pub(super) fn expand_enum(object: &Object) -> TokenStream {
    let (vis, output, derives) = (object.vis(), object.output(), &object.options.output_derive);
    let (generics, cfgs) = (object.output_generics(), &object.cfgs);
    let clause = &generics.where_clause;
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    let variants = object
        .pushed_methods()
        .map(|method| expand_variant(object, method))
        .chain(object.parts.iter().map(expand_part_variant));
    // The proxy of a part is at another block.
    let lists = if object.is_part() { lists(object) } else { String::new() };
    let docs = docs(&format!("The result of one pushed call, as a pull of [`{}`] yields it.{lists}", object.proxy()));
    // A part with a narrower visibility is the user's choice.
    let hidden = expand_hidden_lifetimes(object);
    let narrower = (!object.parts.is_empty()).then(|| quote!(, private_interfaces));
    quote! {
        #docs
        #(#cfgs)*
        #derives
        #[allow(dead_code #narrower #hidden)]
        #vis enum #output #generics #clause {
            #(#variants)*
        }
    }
}

/// `Detect(Vec<Detection>),`
fn expand_variant(object: &Object, method: &Method) -> TokenStream {
    let function = &method.function;
    let owned = names::generated_tokens(expand_stated(object, method));
    let (cfgs, variant) = (&function.attributes.cfgs, names::variant(function.name()));
    let docs = docs(&format!("The result of `{}`.", function.name()));
    quote! {
        #docs
        #(#cfgs)*
        #variant(#owned),
    }
}

/// `Eval(ScriptEvalOutput),`
fn expand_part_variant(part: &Part) -> TokenStream {
    let (variant, output) = (&part.variant, &part.output);
    let docs = docs(&format!("The result of a method of the part `{}`.", part.name));
    quote! {
        #docs
        #variant(#output),
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
    let private = object.private();
    let arms = object.pushed_methods().map(|method| {
        let (cfgs, variant) = (&method.function.attributes.cfgs, names::variant(method.function.name()));
        let text = variant.to_string();
        quote!(#(#cfgs)* Self::#variant(..) => __to.write_str(#text),)
    });
    let of_parts = object.parts.iter().map(|part| {
        let variant = &part.variant;
        quote!(Self::#variant(ref __output) => ::core::fmt::Debug::fmt(__output, __to),)
    });
    quote! {
        impl #generics ::core::fmt::Debug for #output #types #clause {
            fn fmt(&self, __to: &mut #private::Formatter<'_>) -> #private::Formatted {
                match *self {
                    #(#arms)*
                    #(#of_parts)*
                }
            }
        }
    }
}

/// `impl Methods for DetectorOutput { … }`
pub(super) fn expand_decoding(object: &Object) -> TokenStream {
    let (private, output, generics) = (object.private(), object.output(), object.output_generics());
    let lists = if object.parts.is_empty() { expand_lists(object) } else { parts::expand_joined_lists(object) };
    let sound = || object.pushed_methods().filter(|method| method.function.verdict == Verdict::Sound);
    let arms = sound().map(|method| expand_decoding_arm(object, method));
    let bounds: Vec<_> = sound().flat_map(|method| result_bounds(object, method)).collect();
    let (generics, types, clause) = generics.split_for_impl();
    let clause = expand_where(clause, &bounds);
    let other = expand_other(object);
    quote! {
        impl #generics #private::Methods for #output #types #clause {
            #lists

            fn decode(
                __method: u32,
                __result: &mut #private::ResultReader<'_>,
            ) -> #private::OrFailure<Self> {
                match __method {
                    #(#arms)*
                    _ => #other
                }
            }
        }
    }
}

/// The decoding of a method of a part, or an error
fn expand_other(object: &Object) -> TokenStream {
    let private = object.private();
    let none = quote!(#private::no_method(__method));
    if object.parts.is_empty() {
        return quote!(#none,);
    }
    let parts = parts::expand_parts(object, |part| {
        let (output, variant) = (&part.output, &part.variant);
        quote!(<#output as #private::Methods>::decode(__method, __result).map(Self::#variant))
    });
    quote!({ #parts #none })
}

/// `const METHODS: &'static [&'static str] = &["detect"];`, `const SHAPE: u64 = 0x…;`, and
/// `const TIMEOUTS: &'static [(u32, Duration)] = &[(0, Duration::from_secs(2))];` and so on, if
/// they are not empty
fn expand_lists(object: &Object) -> TokenStream {
    let (names, timeouts, idempotent) = (method_names(object), timeouts(object), idempotent(object));
    let list = quote!(&'static [(u32, ::core::time::Duration)]);
    let timeouts = (!timeouts.is_empty()).then(|| quote!(const TIMEOUTS: #list = &[#(#timeouts),*];));
    let handles = (!object.handles.is_empty()).then(|| {
        quote!(
            const HANDLES: bool = true;
        )
    });
    let idempotent = (!idempotent.is_empty()).then(|| quote!(const IDEMPOTENT: &'static [u32] = &[#(#idempotent),*];));
    let shape = expand_own_shape(object);
    quote! {
        const METHODS: &'static [&'static str] = &[#(#names),*];
        const SHAPE: u64 = #shape;
        #timeouts
        #idempotent
        #handles
    }
}

/// Returns the names of the methods, in the order of their numbers.
pub(super) fn method_names(object: &Object) -> Vec<String> {
    object.methods.iter().map(|method| method.function.sig.ident.unraw().to_string()).collect()
}

/// Returns `(0, Duration::from_secs(2))` for each method with a time limit.
pub(super) fn timeouts(object: &Object) -> Vec<TokenStream> {
    let timed = object.methods.iter().filter_map(|method| {
        let Time { written, given } = method.function.attributes.options.timeout.as_ref()?;
        let (cfgs, index) = (&method.function.attributes.cfgs, method.function.number());
        let time = written.map_or_else(|| expand_constant_time(object, given), expand_time);
        Some(quote!(#(#cfgs)* (#index, #time)))
    });
    timed.collect()
}

/// `positive(LIMIT)`, all of it with the span of `LIMIT`
///
/// The compiler evaluates it, and reports a limit of zero at that place.
fn expand_constant_time(object: &Object, given: &Expr) -> TokenStream {
    let private = object.private();
    let function = quote!(#private::positive).into_iter().map(|mut token| {
        token.set_span(given.span());
        token
    });
    let function: TokenStream = function.collect();
    quote_spanned!(given.span()=> #function(#given))
}

/// Returns the numbers of the idempotent methods, each with its `cfg`s.
pub(super) fn idempotent(object: &Object) -> Vec<TokenStream> {
    let idempotent = object.methods.iter().filter(|method| method.function.attributes.options.idempotent.is_some());
    let numbers = idempotent.map(|method| {
        let (cfgs, index) = (&method.function.attributes.cfgs, method.function.number());
        quote!(#(#cfgs)* #index)
    });
    numbers.collect()
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
    if is_decoded_by_choice(method) {
        let choice = expand_choice(object, function);
        return quote!(#(#cfgs)* #index => #choice.decode(__result),);
    }
    let taken = expand_taken(object, method);
    quote!(#(#cfgs)* #index => #taken.map(Self::#variant),)
}
