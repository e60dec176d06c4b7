//! Collects the errors of one use of the attribute, so that the compiler reports all of them at
//! once.
//!
//! Several reasons for which one function cannot be on the proxy become one message.
//!
//! Knows tokens and messages. Must not know the rules.

use std::fmt::{Display, Write as _};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Ident;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<Violation>,
    /// The function whose signature is checked.
    function: Option<Ident>,
}

/// One violation of a rule.
struct Violation {
    /// The user's tokens, under which the message is shown.
    tokens: TokenStream,
    message: String,
    /// The function that cannot be on the proxy for this reason.
    function: Option<Ident>,
    /// The error itself, if it does not come from a rule.
    ready: Option<syn::Error>,
}

/// Why a function is not on the proxy.
#[derive(Clone)]
pub(crate) struct Reason {
    /// The part of its signature that is rejected.
    pub(crate) part: String,
    pub(crate) text: String,
}

impl Errors {
    /// Records `message`, to be shown under `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        let (tokens, message) = (tokens.into_token_stream(), message.to_string());
        self.all.push(Violation { tokens, message, function: self.function.clone(), ready: None });
    }

    /// Records an error that already has a span.
    pub(crate) fn push(&mut self, error: syn::Error) {
        let (tokens, message) = (TokenStream::new(), error.to_string());
        self.all.push(Violation { tokens, message, function: None, ready: Some(error) });
    }

    /// Applies rules to a function. Each violation is a reason for which it cannot be on the proxy.
    pub(crate) fn of_function(&mut self, name: &Ident, rules: impl FnOnce(&mut Self)) {
        let outer = self.function.replace(name.clone());
        rules(self);
        self.function = outer;
    }

    /// Records one reason for which a function cannot be on the proxy.
    pub(crate) fn at_function(&mut self, name: &Ident, tokens: impl ToTokens, message: impl Display) {
        self.of_function(name, |errors| errors.at(tokens, message));
    }

    /// Removes the errors of a function, and returns them as reasons.
    pub(crate) fn take_reasons(&mut self, name: &Ident) -> Vec<Reason> {
        let is_own = |one: &mut Violation| one.function.as_ref().is_some_and(|function| function == name);
        let taken = self.all.extract_if(.., is_own);
        let reason = |one: Violation| {
            let why = one.message.split_once("; ").map_or(&*one.message, |(why, _remedy)| why);
            Reason { part: spelled(&one.tokens), text: why.to_owned() }
        };
        taken.map(reason).collect()
    }

    /// Returns the number of errors found so far. It grows when a rule finds a violation.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Returns the messages, in the order in which they were found.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.joined().iter().map(ToString::to_string).collect()
    }

    /// Returns one error for each function, and each other error, in the order in which they were
    /// found.
    fn joined(&self) -> Vec<syn::Error> {
        let mut joined: Vec<(Option<&Ident>, Vec<&Violation>)> = Vec::new();
        for one in &self.all {
            let function = one.function.as_ref();
            let same = joined.iter_mut().find(|(other, _)| function.is_some() && *other == function);
            match same {
                Some((_, all)) => all.push(one),
                None => joined.push((function, vec![one])),
            }
        }
        joined.into_iter().map(|(function, all)| join(function, &all)).collect()
    }
}

/// Writes `::core::compile_error! { … }` for each error.
impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.joined().iter().map(syn::Error::to_compile_error));
    }
}

/// Joins the violations of one function, at the place of the first.
fn join(function: Option<&Ident>, all: &[&Violation]) -> syn::Error {
    let first = all[0];
    if let Some(error) = &first.ready {
        return error.clone();
    }
    let Some(function) = function else { return syn::Error::new_spanned(&first.tokens, &first.message) };
    let reasons = reasons(all);
    let mut text = match &*reasons {
        [(message, parts)] if parts.len() == 1 => format!("{message}; "),
        [(message, parts)] => format!("{}: {message}; ", parts.join(", ")),
        _ => list(function, &reasons),
    };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "to leave `{function}` out, write `#[concurrent_object(skip)]` on it, or `skip_unsupported` on the impl block"
    );
    syn::Error::new_spanned(&first.tokens, text)
}

/// Returns the messages, each with the tokens that it is about.
fn reasons<'v>(all: &[&'v Violation]) -> Vec<(&'v str, Vec<String>)> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for one in all {
        let part = format!("`{}`", spelled(&one.tokens));
        match reasons.iter_mut().find(|(message, _)| *message == one.message) {
            Some((_, parts)) if parts.contains(&part) => {}
            Some((_, parts)) => parts.push(part),
            None => reasons.push((&one.message, vec![part])),
        }
    }
    reasons
}

/// Lists the reasons for which a function is rejected.
fn list(function: &Ident, reasons: &[(&str, Vec<String>)]) -> String {
    let lines = reasons.iter().map(|(message, parts)| format!("\n- {}: {message}", parts.join(", ")));
    let choices: Vec<&str> = reasons.iter().filter_map(|(message, _)| choice_in(message)).collect();
    let together = match choices.len() {
        0 | 1 => String::new(),
        _ => format!("write all choices in one attribute: `#[concurrent_object(with({}))]`\n", choices.join(", ")),
    };
    format!("the proxy cannot have `{function}` as it is:{}\n{together}", lines.collect::<String>())
}

/// `P = u32`, if the message says to write `#[concurrent_object(with(P = u32))]`
fn choice_in(message: &str) -> Option<&str> {
    let (_, after) = message.split_once("#[concurrent_object(with(")?;
    after.split_once("))]`").map(|(choice, _)| choice)
}

/// Returns the tokens as text, with the usual spaces.
pub(crate) fn spelled(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (printed, written) in
        [(" < ", "<"), (" >", ">"), ("& ", "&"), ("* ", "*"), (" :: ", "::"), (" ,", ","), (" :", ":")]
    {
        text = text.replace(printed, written);
    }
    text
}
