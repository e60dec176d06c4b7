//! The two functions of a snapshot, which both run in the child: one saves the object's state, the
//! other makes an object from it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::arguments::{expand_reader, expand_reader_of};
use super::bounds::{constructor_bounds, method_bounds};
use super::constructors::{expand_made, sound_constructors};
use super::markers::marker;
use super::results::expand_sent;
use crate::model::{Constructor, Method, Object, Verdict};

/// `const SAVES: bool = true; fn save(&mut self, …) { … } fn restore(…) { … }`
///
/// `None` if no method saves a snapshot.
pub(super) fn expand_snapshots(object: &Object) -> Option<TokenStream> {
    let saver = sound_saver(object)?;
    let (save, restore) = (expand_save(object, saver), expand_restore(object, saver));
    let cfgs = &saver.function.attributes.cfgs;
    Some(quote! {
        #(#cfgs)*
        const SAVES: bool = true;

        #save
        #restore
    })
}

/// Returns the bounds that these functions need on the type parameters.
pub(super) fn bounds(object: &Object) -> Vec<TokenStream> {
    let Some(saver) = sound_saver(object) else { return Vec::new() };
    let restorers = object.restorers.iter().flat_map(|restorer| constructor_bounds(object, restorer));
    method_bounds(object, saver).into_iter().chain(restorers).collect()
}

fn sound_saver(object: &Object) -> Option<&Method> {
    object.savers.iter().find(|saver| saver.function.verdict == Verdict::Sound)
}

/// `fn save(&mut self, __state: &mut Answer<'_>) -> … { __state.put(&Self::save(self)) }`
fn expand_save(object: &Object, saver: &Method) -> TokenStream {
    let private = object.private();
    let (cfgs, sent) = (&saver.function.attributes.cfgs, expand_sent(object, saver, "put", "__state"));
    let deprecated = expand_deprecated(!saver.function.attributes.deprecated.is_empty());
    quote! {
        #(#cfgs)*
        #deprecated
        fn save(
            &mut self,
            __state: &mut #private::Answer<'_>,
        ) -> #private::OrFailure<()> {
            #sent
        }
    }
}

/// `fn restore(…) -> Result<Self, Failure> { match __constructor { … } }`
fn expand_restore(object: &Object, saver: &Method) -> TokenStream {
    let (private, cfgs) = (object.private(), &saver.function.attributes.cfgs);
    let arms = sound_constructors(object).filter_map(|constructor| {
        let mut restorers = object.restorers_of(constructor);
        let restorer = restorers.find(|restorer| restorer.function.verdict == Verdict::Sound)?;
        Some(expand_restore_arm(object, constructor, restorer))
    });
    quote! {
        #(#cfgs)*
        fn restore(
            __constructor: u32,
            __state: &mut #private::ArgumentReader<'_>,
            __arguments: &mut #private::ArgumentReader<'_>,
        ) -> #private::OrFailure<Self> {
            match __constructor {
                #(#arms)*
                _ => #private::no_constructor(__constructor),
            }
        }
    }
}

/// `0 => { let state = __state.take::<State>("state")?; …; Self::load(state, &model) }`
///
/// If the restoring constructor itself made the object, a state is already among its arguments.
/// The saved state, which is newer, replaces it.
fn expand_restore_arm(object: &Object, constructor: &Constructor, restorer: &Constructor) -> TokenStream {
    let (index, cfgs) = (constructor.function.number(), &constructor.function.attributes.cfgs);
    let deprecated = expand_deprecated(!restorer.function.attributes.deprecated.is_empty());
    let (function, marker) = (&restorer.function, marker(object, &restorer.function));
    let (state, rest) = function.arguments.split_at(1);
    let (from_state, from_arguments) = (format_ident!("__state"), format_ident!("__arguments"));
    let arguments = match restorer.is_like(constructor) {
        true => {
            let (reader, older) = (expand_reader(object, function), &function.arguments[0].name);
            quote!(#reader let _ = &#older;)
        }
        false => expand_reader_of(object, &marker, rest, &from_arguments),
    };
    let state = expand_reader_of(object, &marker, state, &from_state);
    let made = expand_made(object, restorer);
    quote! {
        #(#cfgs)*
        #deprecated
        #index => {
            #arguments
            #state
            #made
        }
    }
}

fn expand_deprecated(is_deprecated: bool) -> Option<TokenStream> {
    is_deprecated.then(|| quote!(#[allow(deprecated)]))
}
