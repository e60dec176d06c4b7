//! The return type of a function: the object itself, or the result of a call.

use syn::visit::{self, Visit};
use syn::{ReturnType, Type, parse_quote};

use super::adapter::{Adapter, Adapting, innermost};
use super::conversion::{Conversion, Converted, Converter};
use super::function::Function;
use super::lifetimes::{contains_lifetime, elide_lifetimes, erased};
use super::owned::make_owned;
use super::scope::Scope;
use super::types::{self, as_box, as_iterator, as_option, as_reference, as_result, as_result_alias, peel};
use super::view::ReturnedView;
use crate::options::{Carried, Carry, ResultForm};

/// The return type of a constructor.
#[derive(Clone)]
pub(crate) enum Made {
    /// `-> Self`
    Object,
    /// `-> Box<Self>`
    Boxed,
    /// `-> Result<Self, E>`, and any other constructor in place of `Self`
    Result(Box<Made>),
    /// `-> Option<Self>`, likewise
    Option(Box<Made>),
}

impl Made {
    /// Reads a return type. Returns `None` if the function does not return the object.
    pub(crate) fn read(output: &ReturnType, object: &Type) -> Option<Self> {
        match output {
            ReturnType::Type(_, ty) => Self::read_type(ty, object),
            ReturnType::Default => None,
        }
    }

    /// Whether there is a `Result` in it.
    pub(crate) fn may_fail(&self) -> bool {
        match self {
            Self::Object | Self::Boxed => false,
            Self::Result(_) => true,
            Self::Option(inner) => inner.may_fail(),
        }
    }

    fn read_type(ty: &Type, object: &Type) -> Option<Self> {
        let inside = |ty| Self::read_type(ty, object).map(Box::new);
        if is_object(ty, object) {
            Some(Self::Object)
        } else if as_box(ty).is_some_and(|inner| is_object(inner, object)) {
            Some(Self::Boxed)
        } else if let Some(inner) = as_option(ty) {
            inside(inner).map(Self::Option)
        } else {
            as_result_alias(ty).and_then(inside).map(Self::Result)
        }
    }
}

/// Whether the object is a part of this type: `Arc<Self>`, `(Self, Receiver)`.
pub(super) fn contains_object(ty: &Type, object: &Type) -> bool {
    struct Finder<'a>(&'a Type, bool);
    impl Visit<'_> for Finder<'_> {
        fn visit_type(&mut self, ty: &Type) {
            self.1 |= is_object(ty, self.0);
            visit::visit_type(self, ty);
        }
    }
    let mut finder = Finder(object, false);
    finder.visit_type(ty);
    finder.1
}

/// Whether it is `Self`, or has the name of the object, with any lifetimes.
fn is_object(ty: &Type, object: &Type) -> bool {
    types::same_name(&erased(ty), &erased(object)) || types::same(ty, &parse_quote!(Self))
}

/// The return type of a method.
#[derive(Clone)]
pub(crate) struct Returned {
    /// The user's tokens; `None` for a method without `->`.
    pub(crate) original: Option<Type>,
    /// The type of the result in the parent, which does not borrow.
    pub(crate) owned: Type,
    /// The type that the child sends: the type itself, or the type behind a reference.
    pub(crate) sent: Type,
    pub(crate) sending: Sending,
    pub(crate) conversion: Conversion,
    /// Whether there is a `Result` in it.
    pub(crate) fails: bool,
    /// Whether the macro knows that it can be sent, so that the compiler need not check it.
    pub(crate) known: bool,
    /// How it is written and read if a part of it has no `serde`.
    pub(crate) adapters: Option<Adapters>,
    /// The objects in it that borrow from another object of the child.
    pub(crate) views: Vec<ReturnedView>,
}

/// The adapters of a result.
#[derive(Clone)]
pub(crate) struct Adapters {
    /// The adapter of the type that the child sends.
    pub(crate) sent: Adapter,
    /// The adapter of the type in the parent.
    pub(crate) owned: Adapter,
}

/// How a result is passed to the reply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// `()`
    Unit,
    /// `!`: the method never returns.
    Never,
    /// `&str`: already a reference.
    Reference,
    /// `Option<&str>`: a value that borrows.
    Borrowing,
    /// Anything else.
    Value,
}

impl Returned {
    /// Reads a return type: `original` in the user's tokens, `resolved` as it is written outside
    /// the impl block.
    pub(crate) fn read(original: &ReturnType, resolved: &ReturnType, scope: &Scope, function: &Function) -> Self {
        let mut ty = match resolved {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let views = scope.handles.views_in(&ty, &scope.lifetimes);
        elide_lifetimes(&mut ty);
        scope.handles.show_lifetimes(&mut ty);
        let options = &function.attributes.options;
        let (asks, as_text) = (options.error.is_some(), matches!(options.result, Some(ResultForm::Text(_))));
        let Converted { conversion, sent, known, fails } =
            Converter { scope, form: function.error, asks, as_text }.read(&ty);
        let sending = Sending::of(&sent);
        let owned = owned_type(&sent, sending);
        let carry = options.carry.iter().chain(&scope.carry);
        let adapters = Adapters::of(as_reference(&sent).unwrap_or(&sent), &owned, carry);
        let is_adapted = adapters.is_some();
        Self {
            original: match original {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some((**ty).clone()),
            },
            sent: as_reference(&sent).cloned().unwrap_or(sent),
            owned,
            adapters,
            sending,
            conversion,
            views,
            known: known && !is_adapted,
            fails,
        }
    }

    /// Whether the compiler must find out whether its type can be sent.
    pub(crate) fn is_judged(&self) -> bool {
        let adapter = self.adapters.as_ref().map(|adapters| &adapters.owned);
        adapter.map_or(!self.known && self.sending != Sending::Never, |adapter| !adapter.judged().is_empty())
    }

    /// Whether it is a `Result`, whose value and error have trait bounds of their own.
    pub(crate) fn is_result(&self) -> bool {
        as_result(&self.owned).is_some()
    }
}

/// Returns `-> State` for `-> Result<State, E>`, the return type of a method that saves the state.
pub(super) fn state_in(output: &ReturnType) -> Option<ReturnType> {
    let ReturnType::Type(arrow, ty) = output else { return None };
    let state = as_result(ty).or_else(|| as_result_alias(ty))?;
    Some(ReturnType::Type(*arrow, Box::new(state.clone())))
}

/// Returns `-> T` for `-> impl Iterator<Item = T>`, the return type of a method that streams.
pub(super) fn items_in(output: &ReturnType) -> Option<ReturnType> {
    let ReturnType::Type(arrow, ty) = output else { return None };
    Some(ReturnType::Type(*arrow, Box::new(as_iterator(ty)?.clone())))
}

fn owned_type(sent: &Type, sending: Sending) -> Type {
    if sending == Sending::Never {
        return parse_quote!(::core::convert::Infallible);
    }
    let mut owned = sent.clone();
    make_owned(&mut owned);
    owned
}

impl Adapters {
    /// Returns the adapters of a result. A type and its owned form need one in the same places.
    fn of<'c>(sent: &Type, owned: &Type, carry: impl Iterator<Item = &'c Carry>) -> Option<Self> {
        let carry = carry.map(|carry| match &carry.of {
            Carried::Named(key) => ((**key).clone(), &carry.form),
            Carried::Returned(_) => (innermost(owned).clone(), &carry.form),
        });
        let adapting = Adapting { carry: carry.collect(), is_argument: false };
        Some(Self { sent: adapting.find(sent)?, owned: adapting.find(owned)? })
    }
}

impl Sending {
    fn of(ty: &Type) -> Self {
        match peel(ty) {
            Type::Tuple(tuple) if tuple.elems.is_empty() => Self::Unit,
            Type::Never(_) => Self::Never,
            Type::Reference(_) => Self::Reference,
            other if contains_lifetime(other) => Self::Borrowing,
            _ => Self::Value,
        }
    }
}
