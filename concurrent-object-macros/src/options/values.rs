//! Parses the values of options.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, GenericArgument, Ident, Lit, LitStr, Path, Token, Type, TypePath, Visibility};

use super::{ErrorForm, HandleName, PartName};

/// A time limit.
#[derive(Clone)]
pub(crate) struct Time {
    /// The time, if it is written as text.
    pub(crate) written: Option<Duration>,
    /// The text, or a constant expression of type `Duration`.
    pub(crate) given: Expr,
}

/// `P = PathBuf`: the type that the user chose for a type parameter.
#[derive(Clone)]
pub(crate) struct Chosen {
    pub(crate) parameter: Ident,
    pub(crate) argument: GenericArgument,
}

/// `with(P = PathBuf, rename = open_path)`: one choice of types for a generic function.
#[derive(Clone, Default)]
pub(crate) struct With {
    pub(crate) chosen: Vec<Chosen>,
    /// The function's name on the proxy or the builder with this choice.
    pub(crate) rename: Option<Ident>,
}

/// `Rows<'_> = impl Iterator<Item = Row>`: how results of one type are sent.
#[derive(Clone)]
pub(crate) struct NamedResult {
    /// The type, as methods write it.
    pub(crate) ty: Type,
    pub(crate) form: ResultForm,
}

/// How a method's result is sent, if that does not follow from its type.
#[derive(Clone)]
pub(crate) enum ResultForm {
    /// As its text.
    Text(LitStr),
    /// As a result of this type, such as `impl Iterator<Item = u32>`.
    As(Box<Type>),
}

impl ResultForm {
    /// Returns the tokens of the value.
    pub(crate) fn tokens(&self) -> TokenStream {
        match self {
            Self::Text(text) => text.to_token_stream(),
            Self::As(ty) => ty.to_token_stream(),
        }
    }
}

/// The name in `with(P = PathBuf, rename = open_path)` that is no parameter.
const RENAME: &str = "rename";

impl With {
    /// Separates the types from the name.
    pub(super) fn of(given: Vec<Chosen>) -> syn::Result<Self> {
        let mut with = Self::default();
        for one in given {
            match one.argument {
                _ if one.parameter != RENAME => with.chosen.push(one),
                GenericArgument::Type(Type::Path(name)) if name.qself.is_none() => {
                    with.rename = Some(name.path.require_ident()?.clone());
                }
                other => return Err(syn::Error::new_spanned(other, "this is not a name")),
            }
        }
        Ok(with)
    }
}

/// Adds one `with(…)` to those before it.
///
/// If it chooses types for other parameters, it completes the choice before it. If not, it is
/// another choice, and so another function of the proxy.
pub(super) fn add_choice(choices: &mut Vec<With>, with: With) {
    let is_free = |last: &With, one: &Chosen| last.chosen.iter().all(|other| other.parameter != one.parameter);
    match choices.last_mut() {
        Some(last) if with.rename.is_none() && with.chosen.iter().all(|one| is_free(last, one)) => {
            last.chosen.extend(with.chosen);
        }
        _ => choices.push(with),
    }
}

pub(super) fn parse_chosen(input: ParseStream<'_>) -> syn::Result<Chosen> {
    let parameter = input.parse()?;
    input.parse::<Token![=]>()?;
    Ok(Chosen { parameter, argument: input.parse()? })
}

pub(super) fn parse_named_result(input: ParseStream<'_>) -> syn::Result<NamedResult> {
    let ty = input.parse()?;
    input.parse::<Token![=]>()?;
    Ok(NamedResult { ty, form: parse_result_form(input)? })
}

pub(super) fn parse_part(input: ParseStream<'_>) -> syn::Result<PartName> {
    let name = input.parse()?;
    let output = match input.parse::<Option<Token![=]>>()? {
        Some(_) => Some(input.call(Path::parse_mod_style)?),
        None => None,
    };
    Ok(PartName { name, output })
}

pub(super) fn parse_handle(input: ParseStream<'_>) -> syn::Result<HandleName> {
    let path = input.parse::<Path>()?;
    let ty = Type::Path(TypePath { attrs: Vec::new(), qself: None, path });
    let handle = match input.parse::<Option<Token![=]>>()? {
        Some(_) => Some(input.call(Path::parse_mod_style)?),
        None => None,
    };
    Ok(HandleName { ty, handle })
}

pub(super) fn parse_error_form(input: ParseStream<'_>) -> syn::Result<(ErrorForm, LitStr)> {
    let text = input.parse::<LitStr>()?;
    match text.value().as_str() {
        "text" => Ok((ErrorForm::Text, text)),
        "value" => Ok((ErrorForm::Value, text)),
        _ => Err(syn::Error::new(text.span(), "this is neither `\"text\"` nor `\"value\"`")),
    }
}

pub(super) fn parse_result_form(input: ParseStream<'_>) -> syn::Result<ResultForm> {
    if !input.peek(LitStr) {
        return input.parse().map(ResultForm::As);
    }
    let text = input.parse::<LitStr>()?;
    if text.value() == "text" {
        Ok(ResultForm::Text(text))
    } else {
        Err(syn::Error::new(text.span(), "this is neither `\"text\"` nor a type"))
    }
}

pub(super) fn parse_time(input: ParseStream<'_>) -> syn::Result<Time> {
    let given = input.parse::<Expr>()?;
    let Expr::Lit(ExprLit { lit, .. }) = &given else { return Ok(Time { written: None, given }) };
    let Lit::Str(text) = lit else { return Err(syn::Error::new(lit.span(), "this is not a time")) };
    match humantime::parse_duration(&text.value()) {
        Ok(time) if !time.is_zero() => Ok(Time { written: Some(time), given }),
        Ok(_) => Err(syn::Error::new(text.span(), "the timeout must be greater than zero")),
        Err(_) => Err(syn::Error::new(text.span(), "this is not a time")),
    }
}

pub(super) fn parse_vis(input: ParseStream<'_>) -> syn::Result<Visibility> {
    let text = input.parse::<LitStr>()?;
    text.parse().map_err(|_| syn::Error::new(text.span(), "this is not a visibility"))
}
