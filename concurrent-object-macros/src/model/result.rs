//! The return type of a function: the object itself, or the result of a call.

use syn::spanned::Spanned;
use syn::{ReturnType, Type, parse_quote, parse_quote_spanned};

use super::function::Function;
use super::known::is_known;
use super::lifetimes::{contains_lifetime, elide_lifetimes};
use super::owned::make_owned;
use super::scope::Scope;
use super::types::{
    self, as_iterator, as_option, as_reference, as_result, as_result_alias, first_argument, is_bare_result,
    is_container, peel,
};
use crate::options::ErrorForm;

/// The return type of a constructor.
#[derive(Clone, Copy)]
pub(crate) enum Made {
    /// `-> Self`
    Object,
    /// `-> Result<Self, E>`
    Result,
    /// `-> Option<Self>`
    Option,
}

impl Made {
    /// Reads a return type. Returns `None` if the function does not return the object.
    pub(crate) fn read(output: &ReturnType, object: &Type) -> Option<Self> {
        let ReturnType::Type(_, ty) = output else { return None };
        let is_object = |ty: &Type| types::same_name(ty, object) || types::same(ty, &parse_quote!(Self));
        if is_object(ty) {
            Some(Self::Object)
        } else if as_result(ty).or_else(|| as_result_alias(ty)).is_some_and(is_object) {
            Some(Self::Result)
        } else if as_option(ty).is_some_and(is_object) {
            Some(Self::Option)
        } else {
            None
        }
    }
}

/// The return type of a method.
pub(crate) struct Returned {
    /// The user's tokens; `None` for a method without `->`.
    pub(crate) original: Option<Type>,
    /// The type of the result in the parent, which does not borrow.
    pub(crate) owned: Type,
    /// The type that the child sends: the type itself, or the type behind a reference.
    pub(crate) sent: Type,
    pub(crate) sending: Sending,
    /// The conversion of the result before it is sent.
    pub(crate) step: Step,
    /// The type around the part that `step` converts.
    pub(crate) around: Around,
    /// Whether its error is sent as text.
    pub(crate) error_as_text: bool,
    /// Whether the errors among the items of an iterator are sent as text.
    pub(crate) item_errors_as_text: bool,
    /// Whether the macro knows that it can be sent, so that the compiler need not check it.
    pub(crate) known: bool,
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

/// A conversion of a result before it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    None,
    /// `&mut Self`, sent as `()`: the object itself stays in the child.
    Chained,
    /// `impl Iterator<Item = T>`, sent as a `Vec<T>`.
    Collected,
}

/// The type around the part of a result that a step converts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    Nothing,
    Option,
    Result,
}

impl Returned {
    /// Reads a return type: `original` in the user's tokens, `resolved` as it is written outside
    /// the impl block.
    ///
    /// If the method has the option `error`, its return type counts as a `Result`, even if it has
    /// another name.
    pub(crate) fn read(original: &ReturnType, resolved: &ReturnType, scope: &Scope, function: &Function) -> Self {
        let mut ty = match resolved {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        elide_lifetimes(&mut ty);
        let asks = function.attributes.options.error.is_some() && !is_container(&ty);
        let is_result = as_result(&ty).is_some() || is_bare_result(&ty);
        let asks = asks && (first_argument(&ty).is_some() || types::is_called_result(&ty));
        let is_result = is_result || (as_result_alias(&ty).is_some() && !is_container(&ty));
        let error_as_text = function.error == ErrorForm::Text && (is_result || asks);
        let (around, step) = find_step(&ty, scope);
        let item_errors_as_text = step == Step::Collected
            && function.error == ErrorForm::Text
            && part_of(&ty, around).and_then(as_iterator).is_some_and(|item| as_result(item).is_some());
        let part = stepped_type(&ty, around, step, item_errors_as_text.then_some(scope));
        let value_is_known = first_argument(&ty).is_some_and(is_known);
        let sent = sent_type(&ty, part, around, error_as_text.then_some(scope));
        let sending = Sending::of(&sent);
        let owned = owned_type(&sent, sending);
        Self {
            original: match original {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some((**ty).clone()),
            },
            known: if error_as_text { value_is_known && step == Step::None } else { is_known(&sent) },
            sent: as_reference(&sent).cloned().unwrap_or(sent),
            owned,
            sending,
            step,
            around,
            error_as_text,
            item_errors_as_text,
        }
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

fn find_step(ty: &Type, scope: &Scope) -> (Around, Step) {
    let (around, inner) = match (as_result(ty), as_option(ty)) {
        (Some(inner), _) => (Around::Result, inner),
        (_, Some(inner)) => (Around::Option, inner),
        _ => (Around::Nothing, ty),
    };
    let is_object = as_reference(inner).is_some_and(|inner| types::same(inner, &scope.object));
    if is_object && around != Around::Option {
        (around, Step::Chained)
    } else if as_iterator(inner).is_some() {
        (around, Step::Collected)
    } else {
        (Around::Nothing, Step::None)
    }
}

fn part_of(ty: &Type, around: Around) -> Option<&Type> {
    match around {
        Around::Nothing => Some(ty),
        Around::Option => as_option(ty),
        Around::Result => as_result(ty),
    }
}

/// Returns the type of the converted part. With `as_text`, the errors among the items become text.
fn stepped_type(ty: &Type, around: Around, step: Step, as_text: Option<&Scope>) -> Option<Type> {
    let part = part_of(ty, around)?;
    match step {
        Step::None => None,
        Step::Chained => Some(parse_quote!(())),
        Step::Collected => {
            let item = as_iterator(part)?;
            let item = as_text.map_or_else(|| item.clone(), |scope| type_with_text_error(item, scope));
            Some(parse_quote_spanned!(part.span()=> ::std::vec::Vec<#item>))
        }
    }
}

/// Returns the type that is sent after the step. With `as_text`, the error becomes text.
fn sent_type(ty: &Type, stepped: Option<Type>, around: Around, as_text: Option<&Scope>) -> Type {
    let mut sent = ty.clone();
    match (stepped, around) {
        (Some(stepped), Around::Nothing) => sent = stepped,
        (Some(stepped), _) => types::replace_first_argument(&mut sent, stepped),
        (None, _) => {}
    }
    as_text.map_or_else(|| sent.clone(), |scope| type_with_text_error(&sent, scope))
}

/// `Result<T, RemoteError>` for `io::Result<T>`
fn type_with_text_error(ty: &Type, scope: &Scope) -> Type {
    let krate = &scope.krate;
    // Only the compiler knows the value type of an alias such as `fmt::Result`.
    let value = first_argument(ty)
        .cloned()
        .unwrap_or_else(|| parse_quote_spanned!(ty.span()=> <#ty as #krate::private::Fallible>::Value));
    parse_quote_spanned!(ty.span()=> ::core::result::Result<#value, #krate::RemoteError>)
}

fn owned_type(sent: &Type, sending: Sending) -> Type {
    if sending == Sending::Never {
        return parse_quote!(::core::convert::Infallible);
    }
    let mut owned = sent.clone();
    make_owned(&mut owned);
    owned
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
