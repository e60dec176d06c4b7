//! The conversion of a result before the child sends it: errors become text, iterators become
//! lists, and the object itself becomes `()`.
//!
//! Knows the tokens of a type only, so it takes every type called `…Result` for a `Result`.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Type, TypeTuple, parse_quote, parse_quote_spanned};

use super::known::is_known;
use super::lifetimes::contains_lifetime;
use super::scope::Scope;
use super::types::{
    self, as_iterator, as_mutable_reference, as_option, as_reference, as_result_alias, as_vec, contains_impl,
    first_argument, is_bare_result, is_called_result, is_container, last_name, peel, second_argument,
    with_first_argument,
};
use crate::options::ErrorForm;

/// A conversion of a value, or of the values inside it.
#[derive(Clone)]
pub(crate) enum Conversion {
    /// The value is sent as it is.
    None,
    /// The value is sent as its text. Holds the location of its type.
    Text(Span),
    /// `&mut Self`, sent as `()`: the object itself stays in the child.
    Chained,
    /// `Channel`: kept in the child for a handle, and sent as its key.
    Kept(Box<Keeping>),
    /// `Statement<'_>`: kept in the child with its borrow, and sent as its key. Holds
    /// `Statement<'static>`.
    View(Box<Type>),
    /// `(A, B)`: each part is converted.
    Tuple(Vec<Conversion>),
    /// `Option<T>`: the value in it is converted.
    Option(Box<Conversion>),
    /// `impl Iterator<Item = T>`, `Vec<T>`, sent as a `Vec`: each item is converted.
    List(Box<Conversion>),
    /// `Result<T, E>`: the value is converted, and the error too if it is `told`.
    Result { told: Option<Box<Told>>, value: Box<Conversion> },
}

/// How an object is kept for a handle.
#[derive(Clone)]
pub(crate) struct Keeping {
    /// `Channel`
    pub(crate) ty: Type,
    /// Whether its handle has no methods.
    pub(crate) is_opaque: bool,
    /// `Channel` of `&Channel`, if a copy is kept because the method only lends the object.
    pub(crate) copied: Option<Type>,
}

/// A `Result` whose error is sent as text.
#[derive(Clone)]
pub(crate) struct Told {
    /// The type of the `Result`.
    pub(crate) result: Type,
    /// The type of its error, unless that is hidden behind an alias.
    pub(crate) error: Option<Type>,
}

/// A type with the conversion of its values.
pub(super) struct Converted {
    pub(super) conversion: Conversion,
    /// The type of the converted values.
    pub(super) sent: Type,
    /// Whether the macro knows that this type can be sent.
    pub(super) known: bool,
    /// Whether there is a `Result` in it, so that `error = "…"` has a meaning.
    pub(super) fails: bool,
}

/// Reads the conversion of a type.
pub(super) struct Converter<'s> {
    pub(super) scope: &'s Scope,
    pub(super) form: ErrorForm,
    /// Whether the method itself has the option `error`. Then its return type counts as a
    /// `Result`, even if it has another name.
    pub(super) asks: bool,
    /// Whether the value is sent as its text, because the method has the option `result`.
    pub(super) as_text: bool,
}

impl Converter<'_> {
    /// Reads the conversion of a return type.
    pub(super) fn read(&self, ty: &Type) -> Converted {
        if self.asks && is_result_by_request(ty) { self.read_result(ty) } else { self.read_part(ty, true) }
    }

    /// Reads the conversion of a part of the return type. `chains` says whether `&mut Self` stands
    /// for the object here.
    fn read_part(&self, ty: &Type, chains: bool) -> Converted {
        let is_object = as_reference(ty).is_some_and(|inner| types::same(inner, &self.scope.object));
        if is_object && chains {
            return Converted { conversion: Conversion::Chained, sent: parse_quote!(()), known: true, fails: false };
        }
        if let Some(kept) = self.read_kept(ty) {
            return kept;
        }
        if let Some((family, handle)) = self.scope.handles.view_of(ty) {
            let conversion = Conversion::View(Box::new(family));
            return Converted { conversion, sent: handle, known: true, fails: false };
        }
        if is_result(ty) {
            return self.read_result(ty);
        }
        if let Type::Tuple(tuple) = peel(ty) {
            return self.read_tuple(ty, tuple);
        }
        if let Some(item) = as_iterator(ty) {
            return self.read_items(ty, item);
        }
        let inside = |inner| self.read_part(inner, false);
        let (read, wrap): (_, fn(Box<Conversion>) -> Conversion) = match (as_option(ty), as_vec(ty)) {
            (Some(inner), _) => (inside(inner), Conversion::Option),
            (_, Some(inner)) => (inside(inner), Conversion::List),
            _ if self.as_text => return told_value(ty),
            _ => return unconverted(ty, false),
        };
        match read.conversion {
            Conversion::None => unconverted(ty, read.fails),
            conversion => {
                let sent = with_first_argument(ty, read.sent);
                Converted { conversion: wrap(Box::new(conversion)), sent, ..read }
            }
        }
    }

    /// Reads `Channel` and `&Channel`, if that is a listed type.
    fn read_kept(&self, ty: &Type) -> Option<Converted> {
        let lent = as_reference(ty).filter(|_| as_mutable_reference(ty).is_none());
        let kept = lent.unwrap_or(ty);
        let sent = self.scope.handles.handle_of(kept)?;
        let keeping =
            Keeping { ty: kept.clone(), is_opaque: self.scope.handles.is_opaque(kept), copied: lent.cloned() };
        Some(Converted { conversion: Conversion::Kept(Box::new(keeping)), sent, known: true, fails: false })
    }

    fn read_tuple(&self, ty: &Type, tuple: &TypeTuple) -> Converted {
        let parts: Vec<_> = tuple.elems.iter().map(|part| self.read_part(part, false)).collect();
        if parts.iter().all(|part| matches!(part.conversion, Conversion::None)) {
            return unconverted(ty, parts.iter().any(|part| part.fails));
        }
        let sent = parts.iter().map(|part| &part.sent);
        Converted {
            sent: parse_quote_spanned!(ty.span()=> (#(#sent,)*)),
            known: parts.iter().all(|part| part.known),
            fails: parts.iter().any(|part| part.fails),
            conversion: Conversion::Tuple(parts.into_iter().map(|part| part.conversion).collect()),
        }
    }

    fn read_items(&self, ty: &Type, item: &Type) -> Converted {
        let Converted { conversion, sent, known, fails } = self.read_part(item, false);
        let sent = parse_quote_spanned!(ty.span()=> ::std::vec::Vec<#sent>);
        Converted { conversion: Conversion::List(Box::new(conversion)), sent, known, fails }
    }

    fn read_result(&self, ty: &Type) -> Converted {
        let value = self.value_of(ty);
        let read = self.read_part(&value, true);
        let error = second_argument(ty).filter(|_| last_name(ty).is_some_and(|name| name == "Result"));
        let sent = match (&read.conversion, first_argument(ty)) {
            (Conversion::None, _) | (_, None) => ty.clone(),
            _ => with_first_argument(ty, read.sent.clone()),
        };
        if !self.is_told(error) {
            return match read.conversion {
                Conversion::None => unconverted(ty, true),
                value => {
                    let conversion = Conversion::Result { told: None, value: Box::new(value) };
                    Converted { known: is_known(&sent), conversion, sent, fails: true }
                }
            };
        }
        let (krate, value) = (&self.scope.krate, &read.sent);
        let told = Some(Box::new(Told { result: ty.clone(), error: error.cloned() }));
        Converted {
            conversion: Conversion::Result { told, value: Box::new(read.conversion) },
            sent: parse_quote_spanned!(ty.span()=> ::core::result::Result<#value, #krate::RemoteError>),
            known: read.known,
            fails: true,
        }
    }

    /// Returns the type of the value in a `Result`.
    ///
    /// Only the compiler knows it for an alias without parameters, such as `fmt::Result`, or with
    /// several, such as `IResult<I, O>`. An alias with one parameter may have another value too, as
    /// `LockResult<T>` has a guard.
    fn value_of(&self, ty: &Type) -> Type {
        let private = self.scope.private();
        let hidden = || parse_quote_spanned!(ty.span()=> <#ty as #private::Fallible>::Value);
        let is_alias = last_name(ty).is_some_and(|name| name != "Result") && !self.asks;
        match first_argument(ty) {
            Some(value) if !is_alias => value.clone(),
            Some(value) if second_argument(ty).is_none() && !self.is_plain(value) => value.clone(),
            _ => hidden(),
        }
    }

    /// Whether it is a type that neither borrows nor is converted, and that the macro does not
    /// know.
    fn is_plain(&self, ty: &Type) -> bool {
        let is_converted = !matches!(self.read_part(ty, true).conversion, Conversion::None);
        !is_known(ty) && !is_converted && !contains_lifetime(ty) && !contains_impl(ty)
    }

    /// Whether this error is sent as text. `None` stands for an error that an alias hides.
    fn is_told(&self, error: Option<&Type>) -> bool {
        match self.form {
            ErrorForm::Text => true,
            ErrorForm::Value => false,
            ErrorForm::ByType => !error.is_some_and(|error| self.scope.is_data(error)),
        }
    }
}

impl Conversion {
    /// Whether it keeps objects in the child.
    pub(crate) fn keeps(&self) -> bool {
        match self {
            Self::None | Self::Text(_) | Self::Chained => false,
            Self::Kept(_) | Self::View(_) => true,
            Self::Tuple(parts) => parts.iter().any(Self::keeps),
            Self::Option(inner) | Self::List(inner) | Self::Result { value: inner, .. } => inner.keeps(),
        }
    }

    /// Whether it keeps objects in the child that borrow from the object.
    pub(crate) fn lends(&self) -> bool {
        match self {
            Self::None | Self::Text(_) | Self::Chained | Self::Kept(_) => false,
            Self::View(_) => true,
            Self::Tuple(parts) => parts.iter().any(Self::lends),
            Self::Option(inner) | Self::List(inner) | Self::Result { value: inner, .. } => inner.lends(),
        }
    }

    /// Returns the errors in it that are sent as text.
    pub(crate) fn told(&self) -> Vec<&Told> {
        match self {
            Self::None | Self::Text(_) | Self::Chained | Self::Kept(_) | Self::View(_) => Vec::new(),
            Self::Tuple(parts) => parts.iter().flat_map(Self::told).collect(),
            Self::Option(inner) | Self::List(inner) => inner.told(),
            Self::Result { told, value } => told.iter().map(Box::as_ref).chain(value.told()).collect(),
        }
    }
}

/// Returns the conversion of a value that is sent as its text.
fn told_value(ty: &Type) -> Converted {
    let sent = parse_quote_spanned!(ty.span()=> ::std::string::String);
    Converted { conversion: Conversion::Text(ty.span()), sent, known: true, fails: false }
}

fn unconverted(ty: &Type, fails: bool) -> Converted {
    Converted { conversion: Conversion::None, sent: ty.clone(), known: is_known(ty), fails }
}

/// Whether it has the name of a `Result`: `Result<T, E>`, `LoadResult<T>`, `fmt::Result`.
fn is_result(ty: &Type) -> bool {
    !is_container(ty) && (as_result_alias(ty).is_some() || is_bare_result(ty))
}

/// Whether it can be a `Result` if the user says so: `Fallible<T>`, `Result`.
fn is_result_by_request(ty: &Type) -> bool {
    !is_container(ty) && as_iterator(ty).is_none() && (first_argument(ty).is_some() || is_called_result(ty))
}
