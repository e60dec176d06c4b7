//! Objects with several attributed impl blocks.
//!
//! Problem: the macro sees one block at a time, but the object has one list of method numbers and
//! one output enum. Way: each other block, a *part*, numbers its methods from 0 and has an output
//! enum of its own. The block with the constructors adds up the numbers in constants, and has one
//! variant for each part.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::shape::expand_own_shape;
use crate::model::{Function, Object, Part};

/// `0`, or `<Script as HasPart<ScriptEvalOutput>>::FIRST` for a method of a part
pub(super) fn expand_number(object: &Object, function: &Function) -> TokenStream {
    let number = function.number();
    if !object.is_part() {
        return quote!(#number);
    }
    let has_part = expand_has_part(object);
    match function.index {
        0 => quote!(#has_part::FIRST),
        _ => quote!(#has_part::FIRST + #number),
    }
}

/// `&self.proxy`
pub(super) fn expand_target(object: &Object) -> TokenStream {
    if object.is_handle() {
        let private = object.private();
        return quote!(#private::HandleTarget(&self.handle, &__NUMBERS));
    }
    if object.is_part() { quote!(::core::ops::Deref::deref(self)) } else { quote!(&self.proxy) }
}

/// `self.proxy`, for the object's last call
pub(super) fn expand_last_target(object: &Object) -> TokenStream {
    if object.is_handle() {
        return expand_target(object);
    }
    if !object.is_part() {
        return quote!(self.proxy);
    }
    let has_part = expand_has_part(object);
    quote!(#has_part::into_inner(self))
}

/// `<Script as HasPart<ScriptEvalOutput>>`
fn expand_has_part(object: &Object) -> TokenStream {
    let (private, ty, output) = (object.private(), &object.ty, object.output());
    quote!(<#ty as #private::HasPart<#output>>)
}

/// `const METHODS: … = &names::<{ … }>(&[__METHODS, …]);` and the other lists of the object
pub(super) fn expand_joined_lists(object: &Object) -> TokenStream {
    let (private, ty) = (object.private(), &object.ty);
    let parts: Vec<_> = object.parts.iter().map(|part| &part.output).collect();
    let own = !object.handles.is_empty();
    let shape = expand_own_shape(object);
    let handles = quote!(const HANDLES: bool = #own #(|| <#parts as #private::Methods>::HANDLES)*;);
    quote! {
        const METHODS: &'static [&'static str] = &#private::names::<
            { __METHODS.len() #(+ <#parts as #private::Methods>::METHODS.len())* }
        >(&[__METHODS, #(<#parts as #private::Methods>::METHODS),*]);
        const SHAPE: u64 = #private::shape(&[#shape, #(<#parts as #private::Methods>::SHAPE),*]);
        #handles
        const TIMEOUTS: &'static [(u32, ::core::time::Duration)] = &#private::timeouts::<
            { __TIMEOUTS.len() #(+ <#parts as #private::Methods>::TIMEOUTS.len())* }
        >(&[
            (0, __TIMEOUTS),
            #((<#ty as #private::HasPart<#parts>>::FIRST, <#parts as #private::Methods>::TIMEOUTS)),*
        ]);
        const IDEMPOTENT: &'static [u32] = &#private::numbers::<
            { __IDEMPOTENT.len() #(+ <#parts as #private::Methods>::IDEMPOTENT.len())* }
        >(&[
            (0, __IDEMPOTENT),
            #((<#ty as #private::HasPart<#parts>>::FIRST, <#parts as #private::Methods>::IDEMPOTENT)),*
        ]);
    }
}

/// `const CONSUMING: … = &numbers::<{ … }>(&[(0, __CONSUMING), …]);`, or the same for `REPLACING`
pub(super) fn expand_joined_takers(object: &Object, list: &Ident) -> TokenStream {
    let (private, ty) = (object.private(), &object.ty);
    let own = format_ident!("__{list}");
    let parts: Vec<_> = object.parts.iter().map(|part| &part.output).collect();
    quote! {
        const #list: &'static [u32] = &#private::numbers::<
            { #own.len() #(+ <#ty as #private::ObjectPart<#parts>>::#list.len())* }
        >(&[
            (0, #own),
            #((<#ty as #private::HasPart<#parts>>::FIRST, <#ty as #private::ObjectPart<#parts>>::#list)),*
        ]);
    }
}

/// `if let Some(__method) = number_in::<Script, ScriptEvalOutput>(__method) { return …; }` for each
/// part
pub(super) fn expand_parts(object: &Object, then: impl Fn(&Part) -> TokenStream) -> TokenStream {
    let (private, ty) = (object.private(), &object.ty);
    let parts = object.parts.iter().map(|part| {
        let (output, then) = (&part.output, then(part));
        quote! {
            if let ::core::option::Option::Some(__method) = #private::number_in::<#ty, #output>(__method) {
                return #then;
            }
        }
    });
    parts.collect()
}
