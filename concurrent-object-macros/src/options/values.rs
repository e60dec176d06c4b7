//! Parses the values of options.

use std::time::Duration;

use syn::parse::ParseStream;
use syn::{Expr, ExprLit, Lit, LitStr, Token, Visibility};

use super::{Chosen, ErrorForm};

/// A time limit.
#[derive(Clone)]
pub(crate) struct Time {
    /// The time, if it is written as text.
    pub(crate) written: Option<Duration>,
    /// The text, or a constant expression of type `Duration`.
    pub(crate) given: Expr,
}

pub(super) fn parse_chosen(input: ParseStream<'_>) -> syn::Result<Chosen> {
    let parameter = input.parse()?;
    input.parse::<Token![=]>()?;
    Ok(Chosen { parameter, argument: input.parse()? })
}

pub(super) fn parse_error_form(input: ParseStream<'_>) -> syn::Result<(ErrorForm, LitStr)> {
    let text = input.parse::<LitStr>()?;
    match text.value().as_str() {
        "text" => Ok((ErrorForm::Text, text)),
        "value" => Ok((ErrorForm::Value, text)),
        _ => Err(syn::Error::new(text.span(), "this is neither `\"text\"` nor `\"value\"`")),
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
