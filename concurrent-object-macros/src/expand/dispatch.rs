//! The dispatcher, which runs in the child: it decodes the arguments, calls the user's function and
//! sends the result.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::allowed::expand_allowed_in_dispatcher;
use super::arguments::expand_reader;
use super::bounds::{constructor_bounds, expand_where, method_bounds};
use super::constructors::{expand_made, sound_constructors};
use super::parts;
use super::results::expand_answer;
use super::snapshots;
use crate::model::{Constructor, Form, Function, Method, Object, Verdict};

/// `impl ConcurrentObject for Detector { … }`
pub(super) fn expand_dispatcher(object: &Object) -> TokenStream {
    if object.form != Form::Whole {
        return TokenStream::new();
    }
    let (krate, ty) = (object.krate(), &object.ty);
    let (generics, _, clause) = object.generics.split_for_impl();
    let clause = expand_where(clause, &bounds(object));
    let allowed = expand_allowed_in_dispatcher(object);
    let construct = expand_construct(object);
    let functions = expand_functions(object, "call", "consume");
    let snapshots = snapshots::expand_snapshots(object);
    quote! {
        #[automatically_derived]
        #allowed
        impl #generics #krate::ConcurrentObject for #ty #clause {
            #construct
            #functions
            #snapshots
        }
    }
}

/// Returns the bounds that all functions together need on the type parameters.
///
/// `'static` is among them, because the object outlives every borrow.
fn bounds(object: &Object) -> Vec<TokenStream> {
    let constructors = sound_constructors(object).flat_map(|constructor| constructor_bounds(object, constructor));
    let methods = sound_methods(object).flat_map(|method| method_bounds(object, method));
    let lasting = object.generics.type_params().map(|parameter| &parameter.ident);
    let lasting = lasting.map(|parameter| quote!(#parameter: 'static));
    let snapshots = snapshots::bounds(object);
    lasting.chain(constructors).chain(methods).chain(snapshots).collect()
}

fn sound_methods(object: &Object) -> impl Iterator<Item = &Method> {
    object.methods.iter().filter(|method| method.function.verdict == Verdict::Sound)
}

/// `fn construct(…) -> Result<Self, Failure> { match __constructor { … } }`
fn expand_construct(object: &Object) -> TokenStream {
    let krate = object.krate();
    let arms = sound_constructors(object).map(|constructor| expand_construct_arm(object, constructor));
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

/// `0 => { …; Self::new(&model, threshold).map_err(|error| …tell().into_failure()) }`
fn expand_construct_arm(object: &Object, constructor: &Constructor) -> TokenStream {
    expand_arm(object, &constructor.function, &expand_made(object, constructor))
}

/// `fn call(&mut self, …) -> Result<(), Failure> { match __method { … } }`, and the same for the
/// methods that take the object by value
pub(super) fn expand_functions(object: &Object, call: &str, consume: &str) -> TokenStream {
    let borrowing = sound_methods(object).filter(|method| !method.consumes());
    let call = expand_calling(object, &format_ident!("{call}"), &quote!(&mut self), borrowing);
    let consume = expand_consume(object, &format_ident!("{consume}"));
    quote!(#call #consume)
}

/// `const CONSUMING: …; fn consume(self, …) -> Result<(), Failure> { match __method { … } }`
///
/// `None` if no method takes the object by value.
fn expand_consume(object: &Object, name: &Ident) -> Option<TokenStream> {
    let numbers = consuming(object);
    if numbers.is_empty() && object.parts.is_empty() {
        return None;
    }
    let list = match object.parts.is_empty() {
        true => quote!(const CONSUMING: &'static [u32] = &[#(#numbers),*];),
        false => parts::expand_joined_consuming(object),
    };
    let calling = expand_calling(object, name, &quote!(self), consuming_methods(object));
    Some(quote! {
        #list

        #calling
    })
}

/// Returns the numbers of the methods that take the object by value, each with its `cfg`s.
pub(super) fn consuming(object: &Object) -> Vec<TokenStream> {
    let numbers = consuming_methods(object).map(|method| {
        let (cfgs, number) = (&method.function.attributes.cfgs, method.function.number());
        quote!(#(#cfgs)* #number)
    });
    numbers.collect()
}

fn consuming_methods(object: &Object) -> impl Iterator<Item = &Method> {
    sound_methods(object).filter(|method| method.consumes())
}

fn expand_calling<'a>(
    object: &Object,
    name: &Ident,
    receiver: &TokenStream,
    methods: impl Iterator<Item = &'a Method>,
) -> TokenStream {
    let krate = object.krate();
    let arms = methods.map(|method| expand_arm(object, &method.function, &expand_answer(object, method)));
    let private = object.private();
    let parts = parts::expand_parts(object, |part| {
        let (output, name) = (&part.output, format_ident!("{name}_part"));
        quote!(#private::ObjectPart::<#output>::#name(self, __method, __arguments, __reply))
    });
    let other = quote!(::core::result::Result::Err(#private::Failure::no_method(__method)));
    let other = if object.parts.is_empty() { quote!(#other,) } else { quote!({ #parts #other }) };
    quote! {
        fn #name(
            #receiver,
            __method: u32,
            __arguments: &mut #krate::private::ArgumentReader<'_>,
            __reply: &mut #krate::private::Reply<'_>,
        ) -> ::core::result::Result<(), #krate::private::Failure> {
            match __method {
                #(#arms)*
                _ => #other
            }
        }
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
