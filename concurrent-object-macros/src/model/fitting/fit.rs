//! The type that stands for a type parameter: chosen from what its bounds ask for, and from where
//! the arguments use it.
//!
//! Choices: borrowed before owned, because the child borrows from the message and the caller keeps
//! the value. What outlives the call, or is nested where nothing can borrow, is owned.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Type, parse_quote};

use super::bound::{Form, Wanted};
use crate::model::argument::Preparation;
use crate::model::lifetimes::contains_lifetime;
use crate::model::types::{as_reference, is_str, last_name};
use crate::names::{self, generated};

/// Where the arguments use a parameter `P`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// `P`
    Whole,
    /// `Option<P>`
    Optional,
    /// `Vec<P>`, `&[P]`
    Listed,
    /// `HashMap<P, u8>`, `Option<&P>`
    Inside,
    /// `&P`
    Shared,
    /// `&mut P`
    Mutable,
    /// Nowhere, or where no type can stand for it.
    Nowhere,
}

/// The type that stands for a parameter.
pub(super) struct Fit {
    /// The type that the function is called with.
    pub(super) called: Type,
    /// The type of the argument on the proxy. With a preparation, it is the type of the whole
    /// argument.
    pub(super) sent: Type,
    pub(super) preparation: Preparation,
}

impl Fit {
    /// Returns the type for a parameter.
    ///
    /// A constructor cannot write back, because it runs after the caller has gone on.
    pub(super) fn of(wanted: &Wanted, place: Place, writes_back: bool) -> Option<Self> {
        if place == Place::Nowhere {
            return None;
        }
        match &wanted.form {
            Form::View(view) => fit_view(view, wanted, place),
            Form::Slice(element) => fit_slice(element, wanted, place),
            Form::Value(ty @ Type::FnPtr(_)) => Some(fit_function(ty.clone(), place)),
            Form::Value(ty) => {
                (place != Place::Mutable && !(wanted.lasting && contains_lifetime(ty))).then(|| Self::plain(ty.clone()))
            }
            Form::List { item, iterated } => fit_list(item.as_ref()?, *iterated, wanted.lasting, place),
            Form::Input { sought, .. } => fit_input(*sought, wanted, place),
            Form::Output => fit_output(quote!(::std::vec::Vec<u8>), wanted, place, writes_back),
            Form::TextOutput => fit_output(quote!(::std::string::String), wanted, place, writes_back),
        }
    }

    fn plain(ty: Type) -> Self {
        Self { called: ty.clone(), sent: ty, preparation: Preparation::None }
    }

    fn parsed(ty: TokenStream) -> Option<Self> {
        syn::parse2(ty).ok().map(Self::plain)
    }

    fn converted(called: TokenStream, sent: Type, preparation: Preparation) -> Option<Self> {
        Some(Self { called: syn::parse2(called).ok()?, sent, preparation })
    }

    /// `&str`, passed as `&&str`
    fn referred(ty: Type) -> Self {
        Self { called: ty.clone(), sent: ty, preparation: Preparation::Referred }
    }
}

fn fit_view(view: &Type, wanted: &Wanted, place: Place) -> Option<Fit> {
    // Inside another type, `&str` is the only reference that the child can decode.
    let is_owned = wanted.lasting || (matches!(place, Place::Listed | Place::Inside) && !is_str(view));
    match place {
        Place::Mutable => None,
        _ if !wanted.sized => Some(Fit::plain(view.clone())),
        _ if is_owned => Some(Fit::plain(owned(view)?)),
        Place::Shared => Some(Fit::referred(parse_quote!(&#view))),
        _ => Some(Fit::plain(parse_quote!(&#view))),
    }
}

/// `fn(u8)`, also where the function takes a reference to a closure
fn fit_function(ty: Type, place: Place) -> Fit {
    match place {
        Place::Shared => Fit::referred(ty),
        Place::Mutable => Fit { called: ty.clone(), sent: ty, preparation: Preparation::Changed },
        _ => Fit::plain(ty),
    }
}

/// `String` for `str`
pub(super) fn owned(view: &Type) -> Option<Type> {
    let span = generated(view.span());
    let name = last_name(view)?.to_string();
    let owned = match name.as_str() {
        "str" => quote_spanned!(span=> ::std::string::String),
        "Path" => quote_spanned!(span=> ::std::path::PathBuf),
        "OsStr" => quote_spanned!(span=> ::std::ffi::OsString),
        _ => quote_spanned!(span=> ::std::ffi::CString),
    };
    syn::parse2(owned).ok()
}

fn fit_slice(element: &Type, wanted: &Wanted, place: Place) -> Option<Fit> {
    let borrows = contains_lifetime(element);
    let is_owned = wanted.lasting || place == Place::Inside || (place == Place::Listed && borrows);
    if wanted.lasting && borrows {
        return None;
    }
    match place {
        Place::Mutable => None,
        _ if !wanted.sized => Some(Fit::plain(parse_quote!([#element]))),
        _ if is_owned => Fit::parsed(list_of(element)),
        Place::Shared => Some(Fit::referred(parse_quote!(&[#element]))),
        _ => Some(Fit::plain(parse_quote!(&[#element]))),
    }
}

fn fit_list(item: &Type, iterated: bool, lasting: bool, place: Place) -> Option<Fit> {
    let is_text = as_reference(item).is_some_and(is_str);
    let borrows = contains_lifetime(item) && (lasting || !is_text);
    if place == Place::Mutable || (borrows && (lasting || place != Place::Whole)) {
        return None;
    }
    if !iterated {
        return Fit::parsed(list_of(item));
    }
    let span = generated(item.span());
    let (called, sent) = (quote_spanned!(span=> ::std::vec::IntoIter<#item>), syn::parse2(list_of(item)).ok()?);
    (place == Place::Whole).then(|| Fit::converted(called, sent, Preparation::Iterated))?
}

/// `Vec<T>`
fn list_of(item: &Type) -> TokenStream {
    let span = generated(item.span());
    quote_spanned!(span=> ::std::vec::Vec<#item>)
}

fn fit_input(sought: bool, wanted: &Wanted, place: Place) -> Option<Fit> {
    let span = wanted.span;
    let sent = if wanted.lasting { quote!(::std::vec::Vec<u8>) } else { quote!(&[u8]) };
    match place {
        Place::Whole if sought || wanted.lasting => {
            let called = placed(quote!(::std::io::Cursor<#sent>), span);
            Fit::converted(called, syn::parse2(placed(sent, span)).ok()?, Preparation::Sought)
        }
        Place::Whole => Fit::parsed(placed(sent, span)),
        // What the function does not read comes back to the caller.
        Place::Mutable if !sought => Fit::parsed(placed(quote!(::std::collections::VecDeque<u8>), span)),
        _ => None,
    }
}

fn fit_output(of: TokenStream, wanted: &Wanted, place: Place, writes_back: bool) -> Option<Fit> {
    match place {
        Place::Whole if writes_back && !wanted.lasting => Fit::parsed(placed(quote!(&mut #of), wanted.span)),
        Place::Mutable => Fit::parsed(placed(of, wanted.span)),
        _ => None,
    }
}

/// Returns the tokens at the location of the bound, so that errors about the type are shown there.
fn placed(tokens: TokenStream, span: Span) -> TokenStream {
    tokens.into_iter().map(|tree| names::placed(tree, span)).collect()
}
