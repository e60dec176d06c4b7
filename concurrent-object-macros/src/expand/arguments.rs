//! The arguments of a function: the parent declares and encodes them, the child decodes and passes
//! them.
//!
//! Invariant: parent and child use the same order, the same names and the same form of each
//! argument.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Lifetime, Path, Type};

use super::adapters::{expand_reading_carrier, expand_writing_carrier};
use super::markers::marker;
use crate::model::{Argument, Function, HandleUse, Holder, Object, Passing, Preparation, name_lifetimes};

/// `frame: &[u8], size: (u32, u32)`
pub(super) fn expand_parameters(function: &Function) -> TokenStream {
    let names = function.arguments.iter().map(|argument| &argument.name);
    let types = function.arguments.iter().map(|argument| match argument.passing {
        Passing::InOut(_) | Passing::InOutSlice(_) => name_lifetimes(&argument.ty, &in_out_lifetime()),
        _ => argument.ty.clone(),
    });
    quote!(#(#names: #types),*)
}

/// Returns the lifetime for which a call borrows its `&mut` arguments.
pub(super) fn in_out_lifetime() -> Lifetime {
    Lifetime::new("'a", proc_macro2::Span::call_site())
}

/// `|__to| __to.put("frame", frame)`
pub(super) fn expand_writer(object: &Object, function: &Function) -> TokenStream {
    if function.arguments.is_empty() {
        return quote!(|_| {});
    }
    let marker = marker(object, function);
    let puts = function.arguments.iter().map(|argument| expand_put(&object.private(), &marker, argument));
    match &puts.collect::<Vec<_>>()[..] {
        [put] => quote!(|__to| #put),
        puts => quote!(|__to| { #(#puts;)* }),
    }
}

fn expand_put(private: &Path, marker: &Ident, argument: &Argument) -> TokenStream {
    let (text, name) = (argument.text(), &argument.name);
    let put = function_name(argument, "put");
    let value = match argument.passing {
        Passing::Value | Passing::Each(_, Holder::Vec) | Passing::Slices(_, Holder::Vec) => quote!(&#name),
        _ => quote!(#name),
    };
    if let Passing::Handle(..) = argument.passing {
        return expand_put_handle(private, argument);
    }
    if let Some(ty) = hidden_type(argument) {
        return quote!(#private::Puts::<#ty>::new().#put(#value, #text, __to));
    }
    if argument.known {
        return quote!(__to.#put(#text, #value));
    }
    if let Some(carrier) = expand_writing_carrier(private, marker, argument) {
        let put = carrier_function(argument, "put");
        return quote!(#carrier.#put(#value, #text, __to));
    }
    let travels = expand_travels(private, marker, argument);
    quote!(#travels::#put(#value, #text, __to))
}

/// `let frame = __arguments.borrow::<[u8]>("frame")?; … __arguments.end()?;`
pub(super) fn expand_reader(object: &Object, function: &Function) -> TokenStream {
    let marker = marker(object, function);
    let from = format_ident!("__arguments");
    let reader = expand_reader_of(object, &marker, &function.arguments, &from);
    let progress = function.progress.iter().map(|progress| {
        let (name, value) = (&progress.name, &progress.value);
        quote!(let #name = __reply.progress::<#value>();)
    });
    quote!(#reader #(#progress)*)
}

/// `let frame = from.borrow::<[u8]>("frame")?; … from.end()?;` for some arguments of a function
pub(super) fn expand_reader_of(object: &Object, marker: &Ident, arguments: &[Argument], from: &Ident) -> TokenStream {
    let takes = arguments.iter().map(|argument| expand_take(&object.private(), marker, argument, from));
    let finds = arguments.iter().map(|argument| expand_find(&object.private(), argument));
    let uses = arguments.iter().map(|argument| expand_use(&object.private(), argument));
    quote! {
        #(#takes)*
        #from.end()?;
        #(#finds)*
        #(#uses)*
    }
}

/// `AsRef::<ObjectHandle>::as_ref(channel).put("channel", __to)`
fn expand_put_handle(private: &Path, argument: &Argument) -> TokenStream {
    let (text, name) = (argument.text(), &argument.name);
    if argument.optional {
        let by_value = matches!(argument.passing, Passing::Handle(_, HandleUse::Taken));
        let lent = by_value.then(|| quote!(.as_ref()));
        return quote!(#private::ObjectHandle::put_option(#name #lent, #text, __to));
    }
    let handle = expand_object_handle(private, argument);
    quote!(#handle.put(#text, __to))
}

/// `AsRef::<ObjectHandle>::as_ref(channel)`
fn expand_object_handle(private: &Path, argument: &Argument) -> TokenStream {
    let (name, by_value) = (&argument.name, matches!(argument.passing, Passing::Handle(_, HandleUse::Taken)));
    let reference = by_value.then(|| quote!(&));
    quote!(::core::convert::AsRef::<#private::ObjectHandle>::as_ref(#reference #name))
}

/// `let channel = Used::<Channel>::find(channel)?;` for a handle
///
/// It stands after the whole message was read, and all objects are found before the first is used:
/// an object that a method takes by value would be lost with a call that is refused.
fn expand_find(private: &Path, argument: &Argument) -> Option<TokenStream> {
    let Passing::Handle(kept, _) = &argument.passing else { return None };
    let (name, find) = (&argument.name, function_name(argument, "find"));
    Some(quote!(let #name = #private::Used::<#kept>::#find(#name)?;))
}

/// `let channel = channel.get()?;` for a handle
fn expand_use(private: &Path, argument: &Argument) -> Option<TokenStream> {
    let (Passing::Handle(_, used), name) = (&argument.passing, &argument.name) else { return None };
    if argument.optional {
        return Some(match used {
            HandleUse::Shared => quote!(let #name = #private::Used::get_option(&#name)?;),
            HandleUse::Changed => quote!(let mut #name = #private::Used::get_mut_option(&#name)?;),
            HandleUse::Taken => quote!(#private::Used::check_sole_option(&#name)?;),
        });
    }
    Some(match used {
        HandleUse::Shared => quote!(let #name = #name.get()?;),
        HandleUse::Changed => quote!(let mut #name = #name.get_mut()?;),
        HandleUse::Taken => quote!(#name.check_sole()?;),
    })
}

fn expand_take(private: &Path, marker: &Ident, argument: &Argument, from: &Ident) -> TokenStream {
    let (text, name) = (argument.text(), &argument.name);
    if let Passing::Handle(..) = argument.passing {
        let key = quote!(#private::HandleKey);
        let key = if argument.optional { quote!(::core::option::Option<#key>) } else { key };
        return quote!(let #name = __arguments.take::<#key>(#text)?;);
    }
    if argument.known {
        let taken = expand_known_take(argument, from);
        return quote!(let #name = #taken?;);
    }
    let mutable = is_in_out(argument).then(|| quote!(mut));
    if let Some(carrier) = expand_reading_carrier(private, marker, argument) {
        let take = carrier_function(argument, "take");
        return quote!(let #mutable #name = #carrier.#take(#text, #from)?;);
    }
    if let Some(ty) = hidden_type(argument) {
        let take = function_name(argument, "take");
        return quote!(let #mutable #name = #private::Takes::<'_, #ty>::new().#take(#text, #from)?;);
    }
    let (travels, take) = (expand_travels(private, marker, argument), function_name(argument, "take"));
    quote!(let #mutable #name = #travels::#take(#text, #from)?;)
}

/// `Query` of `query: &Query`, if it may have a lifetime that is not written
fn hidden_type(argument: &Argument) -> Option<&Type> {
    match &argument.passing {
        Passing::Lent(ty) if argument.hides_lifetime => Some(ty),
        _ => None,
    }
}

/// `__arguments.borrow::<[u8]>("frame")`
fn expand_known_take(argument: &Argument, from: &Ident) -> TokenStream {
    let (text, borrow, whole) = (argument.text(), function_name(argument, "borrow"), &argument.ty);
    match &argument.passing {
        Passing::Slice(element) => quote!(#from.#borrow::<[#element]>(#text)),
        Passing::Held(ty) | Passing::Lent(ty) => quote!(#from.#borrow::<#ty>(#text)),
        _ => quote!(#from.take::<#whole>(#text)),
    }
}

/// `<Key as ::concurrent_object::private::Argument<'_, find>>`, with the spans of the user's tokens
///
/// So the compiler reports at the user's type that it cannot be sent.
pub(super) fn expand_travels(private: &Path, marker: &Ident, argument: &Argument) -> TokenStream {
    match &argument.passing {
        Passing::Value => {
            let ty = &argument.ty;
            quote!(<#ty as #private::Argument<'_, #marker>>)
        }
        Passing::Lent(ty) => quote!(<#ty as #private::Argument<'_, #marker>>),
        Passing::Slice(element) | Passing::Each(element, _) | Passing::Slices(element, _) => {
            quote!(<#element as #private::Element<'_, #marker>>)
        }
        Passing::Held(ty) => quote!(<#ty as #private::Borrowed<#marker>>),
        Passing::InOut(ty) | Passing::InOutSlice(ty) => quote!(<#ty as #private::InOut<#marker>>),
        Passing::Handle(..) => expand_object_handle(private, argument),
    }
}

/// Returns `take`, `take_option`, `take_slice` and so on, for the form of the argument.
pub(super) fn function_name(argument: &Argument, name: &str) -> Ident {
    match argument.passing {
        Passing::InOutSlice(_) => format_ident!("{name}_slice"),
        Passing::Each(..) => format_ident!("{name}_each"),
        Passing::Slices(..) => format_ident!("{name}_slices"),
        _ if argument.optional => format_ident!("{name}_option"),
        _ => format_ident!("{name}"),
    }
}

/// Returns `take` or `take_option`: a carrier has one form for values and for lists.
fn carrier_function(argument: &Argument, name: &str) -> Ident {
    if argument.optional { format_ident!("{name}_option") } else { format_ident!("{name}") }
}

/// `&frame, size`
pub(super) fn expand_passed(object: &Object, function: &Function) -> Vec<TokenStream> {
    let mut passed: Vec<_> =
        function.arguments.iter().map(|argument| expand_pass(&object.private(), argument)).collect();
    for progress in &function.progress {
        let name = &progress.name;
        passed.insert(progress.at.min(passed.len()), quote!(&#name));
    }
    passed
}

/// `&frame`, or `Cursor::new(&frame)` if the argument is converted
fn expand_pass(private: &Path, argument: &Argument) -> TokenStream {
    let passed = expand_unconverted(private, argument);
    match argument.preparation {
        Preparation::None => passed,
        Preparation::Referred => quote!(&#passed),
        Preparation::Changed => quote!(&mut { #passed }),
        Preparation::Iterated => quote!(::core::iter::IntoIterator::into_iter(#passed)),
        Preparation::Sought => quote!(::std::io::Cursor::new(#passed)),
    }
}

fn expand_unconverted(private: &Path, argument: &Argument) -> TokenStream {
    let name = &argument.name;
    // The compiler cannot infer the type from the parameter's.
    let is_inferred = argument.inferred || argument.preparation != Preparation::None;
    match &argument.passing {
        Passing::Each(_, Holder::Slice) => quote!(&#private::each(&#name)),
        Passing::Each(_, Holder::Vec) => quote!(#private::each(&#name)),
        Passing::Slices(_, Holder::Slice) => quote!(&#private::slices(&#name)),
        Passing::Slices(_, Holder::Vec) => quote!(#private::slices(&#name)),
        Passing::Value => quote!(#name),
        Passing::Handle(_, used) if argument.optional => match used {
            HandleUse::Taken => quote!(#name.map(#private::Used::take)),
            HandleUse::Shared => quote!(#name.as_deref()),
            HandleUse::Changed => quote!(#name.as_deref_mut()),
        },
        Passing::Handle(_, HandleUse::Taken) => quote!(#name.take()),
        Passing::Handle(_, HandleUse::Shared) => quote!(&*#name),
        Passing::Handle(_, HandleUse::Changed) => quote!(&mut *#name),
        Passing::InOut(_) | Passing::InOutSlice(_) => quote!(&mut #name),
        Passing::Lent(_) | Passing::Slice(_) | Passing::Held(_) if is_inferred && !argument.optional => {
            let ty = &argument.ty;
            quote!({ let __lent: #ty = &#name; __lent })
        }
        Passing::Lent(_) if argument.optional && !argument.known => quote!(#name.as_ref()),
        _ if argument.optional => quote!(#name.as_deref()),
        _ => quote!(&#name),
    }
}

fn is_in_out(argument: &Argument) -> bool {
    matches!(argument.passing, Passing::InOut(_) | Passing::InOutSlice(_))
}
