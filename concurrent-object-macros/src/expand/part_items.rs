//! The items that only an object with several attributed impl blocks has.

use proc_macro2::TokenStream;
use quote::quote;

use super::allowed::expand_allowed_in_dispatcher;
use super::dispatch;
use super::output;
use crate::model::{Form, Object, Taking};

/// `const __METHODS: &[&str] = …; impl HasPart<ScriptEvalOutput> for Script { … }` for an object
/// with parts
///
/// The lists of this block alone, and where the numbers of each part begin.
pub(super) fn expand_lists(object: &Object) -> TokenStream {
    if object.parts.is_empty() {
        return TokenStream::new();
    }
    let (names, timeouts, idempotent) =
        (output::method_names(object), output::timeouts(object), output::idempotent(object));
    let consuming = dispatch::numbers(object, Taking::Consumes);
    let replacing = dispatch::numbers(object, Taking::Replaces);
    let parts = (0..object.parts.len()).map(|at| expand_first(object, at));
    quote! {
        const __METHODS: &[&str] = &[#(#names),*];
        const __TIMEOUTS: &[(u32, ::core::time::Duration)] = &[#(#timeouts),*];
        const __IDEMPOTENT: &[u32] = &[#(#idempotent),*];
        const __CONSUMING: &[u32] = &[#(#consuming),*];
        const __REPLACING: &[u32] = &[#(#replacing),*];

        #(#parts)*
    }
}

fn expand_first(object: &Object, at: usize) -> TokenStream {
    let (krate, private, ty) = (object.krate(), object.private(), &object.ty);
    let (proxy, output, part) = (object.proxy(), object.output(), &object.parts[at].output);
    let before = object.parts[..at].iter().map(|part| &part.output);
    quote! {
        impl #private::HasPart<#part> for #ty {
            type Proxy = #proxy;
            type Output = #output;

            const FIRST: u32 = #private::total(&[__METHODS, #(<#before as #private::Methods>::METHODS),*]);

            fn into_inner(__proxy: #proxy) -> #krate::Proxy<#output> {
                __proxy.proxy
            }
        }
    }
}

/// `impl ObjectPart<ScriptEvalOutput> for Script { … }`: the dispatcher of a part
pub(super) fn expand_part(object: &Object) -> TokenStream {
    if object.form != Form::Whole {
        return TokenStream::new();
    }
    let (private, ty, output) = (object.private(), &object.ty, object.output());
    let functions = dispatch::expand_functions(object, "_part");
    let allowed = expand_allowed_in_dispatcher(object);
    quote! {
        #[automatically_derived]
        #allowed
        impl #private::ObjectPart<#output> for #ty {
            #functions
        }
    }
}
