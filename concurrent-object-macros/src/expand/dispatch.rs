//! The dispatcher, which runs in the child: it decodes the arguments, calls the user's function and
//! sends the result.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::allowed::expand_allowed_in_dispatcher;
use super::arguments::expand_reader;
use super::bounds::{constructor_bounds, expand_where, method_bounds};
use super::constructors::{expand_made, sound_constructors};
use super::guards::{arm_function, expand_choice};
use super::owners::{self, Owner};
use super::parts;
use super::results::expand_answer;
use super::snapshots;
use crate::model::{Constructor, Form, Function, Method, Object, Taking, Verdict};

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
    let functions = expand_functions(object, "");
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

/// Returns the methods that no rule rejected.
pub(super) fn sound_methods(object: &Object) -> impl Iterator<Item = &Method> {
    object.methods.iter().filter(|method| method.function.verdict == Verdict::Sound)
}

/// `fn construct(…) -> Result<Self, Failure> { match __constructor { … } }`
fn expand_construct(object: &Object) -> TokenStream {
    let private = object.private();
    let arms = sound_constructors(object).map(|constructor| expand_construct_arm(object, constructor));
    quote! {
        fn construct(
            __constructor: u32,
            __arguments: &mut #private::ArgumentReader<'_>,
        ) -> #private::OrFailure<Self> {
            match __constructor {
                #(#arms)*
                _ => #private::no_constructor(__constructor),
            }
        }
    }
}

/// `0 => { …; Self::new(&model, threshold).map_err(|error| …tell().into_failure()) }`
fn expand_construct_arm(object: &Object, constructor: &Constructor) -> TokenStream {
    let function = &constructor.function;
    if function.is_conditional {
        let choice = expand_choice(object, function);
        return expand_chosen_arm(function, &quote!(#choice.construct(__arguments)));
    }
    expand_arm(object, function, &expand_made(object, constructor))
}

/// `fn call(&mut self, …) -> Result<(), Failure> { match __method { … } }`, and the same for the
/// methods that take the object by value
///
/// `suffix` is the end of their names.
pub(super) fn expand_functions(object: &Object, suffix: &str) -> TokenStream {
    let borrowing = sound_methods(object).filter(|method| method.taking() == Taking::Borrows);
    let call = match owners::expand_owner(object) {
        Some(Owner { list, name, receiver }) => {
            let calling = expand_calling(object, &name, &receiver, &quote!(self), borrowing);
            quote!(#list #calling)
        }
        None => expand_calling(object, &format_ident!("call{suffix}"), &quote!(&mut self), &quote!(self), borrowing),
    };
    let consume = expand_listed(object, Taking::Consumes, suffix);
    let replace = expand_listed(object, Taking::Replaces, suffix);
    quote!(#call #consume #replace)
}

/// `const CONSUMING: …; fn consume(self, …) -> Result<(), Failure> { match __method { … } }`
///
/// `None` if no method takes the object in this way.
fn expand_listed(object: &Object, taking: Taking, suffix: &str) -> Option<TokenStream> {
    let numbers = numbers(object, taking);
    if numbers.is_empty() && object.parts.is_empty() {
        return None;
    }
    let (list, name, receiver, passed) = match taking {
        Taking::Replaces => {
            (format_ident!("REPLACING"), "replace", quote!(__held: &mut ::core::option::Option<Self>), quote!(__held))
        }
        _ if object.is_handle() => {
            let private = object.private();
            (format_ident!("CONSUMING"), "consume", quote!(__key: #private::HandleKey), quote!(__key))
        }
        _ => (format_ident!("CONSUMING"), "consume", quote!(self), quote!(self)),
    };
    let list = match object.parts.is_empty() {
        true => quote!(const #list: &'static [u32] = &[#(#numbers),*];),
        false => parts::expand_joined_takers(object, &list),
    };
    let methods = sound_methods(object).filter(|method| method.taking() == taking);
    let calling = expand_calling(object, &format_ident!("{name}{suffix}"), &receiver, &passed, methods);
    Some(quote! {
        #list

        #calling
    })
}

/// Returns the numbers of the methods that take the object in this way, each with its `cfg`s.
pub(super) fn numbers(object: &Object, taking: Taking) -> Vec<TokenStream> {
    let methods = sound_methods(object).filter(|method| method.taking() == taking);
    let numbers = methods.map(|method| {
        let (cfgs, number) = (&method.function.attributes.cfgs, method.function.number());
        quote!(#(#cfgs)* #number)
    });
    numbers.collect()
}

fn expand_calling<'a>(
    object: &Object,
    name: &Ident,
    receiver: &TokenStream,
    passed: &TokenStream,
    methods: impl Iterator<Item = &'a Method>,
) -> TokenStream {
    let arms = methods.map(|method| expand_call_arm(object, method));
    let (private, ty) = (object.private(), &object.ty);
    let parts = parts::expand_parts(object, |part| {
        let (output, name) = (&part.output, format_ident!("{name}_part"));
        quote!(<#ty as #private::ObjectPart<#output>>::#name(#passed, __method, __arguments, __reply))
    });
    let other = quote!(#private::no_method(__method));
    let other = if object.parts.is_empty() { quote!(#other,) } else { quote!({ #parts #other }) };
    quote! {
        fn #name(
            #receiver,
            __method: u32,
            __arguments: &mut #private::ArgumentReader<'_>,
            __reply: &mut #private::Reply<'_>,
        ) -> #private::OrFailure<()> {
            match __method {
                #(#arms)*
                _ => #other
            }
        }
    }
}

fn expand_call_arm(object: &Object, method: &Method) -> TokenStream {
    let function = &method.function;
    if function.is_conditional {
        let (choice, (name, passed)) = (expand_choice(object, function), arm_function(object, method));
        return expand_chosen_arm(function, &quote!(#choice.#name(#passed, __arguments, __reply)));
    }
    expand_arm(object, function, &expand_answer(object, method))
}

/// `0 => Conditional::<Self, detect>::new().call(self, __arguments, __reply),`
fn expand_chosen_arm(function: &Function, called: &TokenStream) -> TokenStream {
    let (index, cfgs) = (function.number(), &function.attributes.cfgs);
    quote!(#(#cfgs)* #index => #called,)
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
