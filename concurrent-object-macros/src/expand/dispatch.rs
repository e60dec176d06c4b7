//! The dispatcher: what runs in the child. It reads the arguments, calls the user's function and sends the result.

use proc_macro2::TokenStream;
use quote::quote;

use super::arguments::{expand_passed, expand_reader};
use crate::model::{Constructor, Function, Made, Method, Object, Sending, Verdict};

/// `impl ConcurrentObject for Detector { … }`
pub(super) fn expand_dispatcher(object: &Object) -> TokenStream {
    let (krate, ty) = (object.krate(), &object.ty);
    let construct = expand_construct(object);
    let call = expand_call(object);
    quote! {
        impl #krate::ConcurrentObject for #ty {
            #construct
            #call
        }
    }
}

/// `fn construct(…) -> Result<Self, Failure> { match __constructor { … } }`
fn expand_construct(object: &Object) -> TokenStream {
    let krate = object.krate();
    let sound = object.constructors.iter().filter(|constructor| constructor.function.verdict == Verdict::Sound);
    let arms = sound.map(|constructor| expand_construct_arm(object, constructor));
    quote! {
        fn construct(
            __constructor: u32,
            __arguments: &mut #krate::private::ArgumentReader<'_>,
        ) -> ::core::result::Result<Self, #krate::private::Failure> {
            match __constructor {
                #(#arms)*
                _ => ::core::result::Result::Err(#krate::private::Failure::no_constructor(__constructor)),
            }
        }
    }
}

/// `0 => { …; Self::new(&model, threshold).map_err(|error| describe!(error)) }`
fn expand_construct_arm(object: &Object, constructor: &Constructor) -> TokenStream {
    let (krate, function) = (object.krate(), &constructor.function);
    let (name, passed) = (&function.sig.ident, expand_passed(function));
    let made = quote!(Self::#name(#(#passed),*));
    let result = match constructor.made {
        Made::Object => quote!(::core::result::Result::Ok(#made)),
        Made::Result => quote!(#made.map_err(|__error| #krate::private::describe!(__error))),
        Made::Option => quote!(#made.ok_or_else(#krate::private::Failure::none)),
    };
    expand_arm(object, function, &result)
}

/// `fn call(&mut self, …) -> Result<(), Failure> { match __method { … } }`
fn expand_call(object: &Object) -> TokenStream {
    let krate = object.krate();
    let sound = object.methods.iter().filter(|method| method.function.verdict == Verdict::Sound);
    let arms = sound.map(|method| expand_call_arm(object, method));
    quote! {
        fn call(
            &mut self,
            __method: u32,
            __arguments: &mut #krate::private::ArgumentReader<'_>,
            __reply: &mut #krate::private::Reply<'_>,
        ) -> ::core::result::Result<(), #krate::private::Failure> {
            match __method {
                #(#arms)*
                _ => ::core::result::Result::Err(#krate::private::Failure::no_method(__method)),
            }
        }
    }
}

/// `0 => { …; <Vec<Detection> as Returned>::send(&Self::detect(self, &frame, size), __reply) }`
fn expand_call_arm(object: &Object, method: &Method) -> TokenStream {
    let function = &method.function;
    let (name, passed) = (&function.sig.ident, expand_passed(function));
    let called = quote!(Self::#name(self #(, #passed)*));
    let result = match method.returned.sending {
        Sending::Unit => quote!(#called; __reply.send(&())),
        Sending::Chained => quote!(let _ = #called; __reply.send(&())),
        Sending::Reference => expand_send(object, method, &called),
        Sending::Borrowing | Sending::Value => expand_send(object, method, &quote!(&#called)),
    };
    expand_arm(object, function, &result)
}

/// `<Vec<Detection> as Returned>::send(&Self::detect(self, &frame, size), __reply)`
fn expand_send(object: &Object, method: &Method, result: &TokenStream) -> TokenStream {
    let (private, sent) = (object.private(), &method.returned.sent);
    match method.returned.sending {
        _ if method.returned.known => quote!(__reply.send(#result)),
        Sending::Value => quote!(<#sent as #private::Returned>::send(#result, __reply)),
        _ => quote!(<#sent as #private::Sent>::send(#result, __reply)),
    }
}

/// `0 => { let frame = …; __arguments.end()?; result }`
fn expand_arm(object: &Object, function: &Function, result: &TokenStream) -> TokenStream {
    let (index, cfgs, reader) = (function.number(), &function.attributes.cfgs, expand_reader(object, function));
    let deprecated = (!function.attributes.deprecated.is_empty()).then(|| quote!(#[allow(deprecated)]));
    quote! {
        #(#cfgs)*
        #deprecated
        #index => {
            #reader
            #result
        }
    }
}
