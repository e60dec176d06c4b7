//! `#[concurrent_object(…)]` on the impl block, and the same attribute on the functions in it.
//!
//! Knows the options and how each is written; knows nothing of what they change. An option that is wrong is an error
//! and otherwise as if it were not there, so that one mistake stays one error.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, Visibility, parenthesized};

use crate::errors::Errors;

/// The options on the impl block.
#[derive(Default)]
pub(crate) struct ObjectOptions {
    /// `crate = path`
    pub(crate) krate: Option<Path>,
    /// `proxy = Name`
    pub(crate) proxy: Option<Ident>,
    /// `output = Name`
    pub(crate) output: Option<Ident>,
    /// `builder = Name`
    pub(crate) builder: Option<Ident>,
    /// `output_derive(Debug, PartialEq)`
    pub(crate) output_derive: Vec<Path>,
    /// `vis = "pub(crate)"`
    pub(crate) vis: Option<Visibility>,
}

/// The options on a function.
#[derive(Default)]
pub(crate) struct FunctionOptions {
    /// `skip`
    pub(crate) skip: bool,
    /// `rename = name`
    pub(crate) rename: Option<Ident>,
}

const OBJECT_OPTIONS: [&str; 6] = ["crate", "proxy", "output", "builder", "output_derive", "vis"];
const FUNCTION_OPTIONS: [&str; 2] = ["skip", "rename"];

impl ObjectOptions {
    /// Reads what stands in the parentheses of the attribute on the impl block.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        parse_options(tokens, &OBJECT_OPTIONS, errors, |name, input| {
            match name {
                "crate" => options.krate = Some(value(input, Path::parse_mod_style)?),
                "proxy" => options.proxy = Some(value(input, Ident::parse)?),
                "output" => options.output = Some(value(input, Ident::parse)?),
                "builder" => options.builder = Some(value(input, Ident::parse)?),
                "output_derive" => options.output_derive = list(input)?,
                _ => options.vis = Some(value(input, parse_vis)?),
            }
            Ok(())
        });
        options
    }
}

impl FunctionOptions {
    /// Reads what stands in the parentheses of the attribute on a function, into what was read before.
    pub(crate) fn parse_into(&mut self, tokens: TokenStream, errors: &mut Errors) {
        parse_options(tokens, &FUNCTION_OPTIONS, errors, |name, input| {
            match name {
                "skip" => self.skip = true,
                _ => self.rename = Some(value(input, Ident::parse_any)?),
            }
            Ok(())
        });
    }
}

/// Goes through `name`, `name = value` and `name(…)`, with a comma between; `read` takes what follows a known name.
fn parse_options(
    tokens: TokenStream,
    known: &[&str],
    errors: &mut Errors,
    mut read: impl FnMut(&str, ParseStream<'_>) -> syn::Result<()>,
) {
    let mut seen = HashSet::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let name = Ident::parse_any(input)?;
            let text = name.unraw().to_string();
            if !known.contains(&text.as_str()) {
                errors.at(&name, unknown_option(&text, known));
            } else if !seen.insert(text.clone()) {
                errors.at(&name, format!("the option `{text}` is given twice; remove one"));
            } else if let Err(error) = read(&text, input) {
                errors.push(error);
            }
            skip_to_comma(input)?;
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
}

fn value<T>(input: ParseStream<'_>, parse: fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    let value = parse(input)?;
    expect_comma_or_end(input)?;
    Ok(value)
}

fn list(input: ParseStream<'_>) -> syn::Result<Vec<Path>> {
    let content;
    parenthesized!(content in input);
    let paths = Punctuated::<Path, Token![,]>::parse_terminated(&content)?;
    expect_comma_or_end(input)?;
    Ok(paths.into_iter().collect())
}

fn parse_vis(input: ParseStream<'_>) -> syn::Result<Visibility> {
    let text = input.parse::<LitStr>()?;
    text.parse()
        .map_err(|_| syn::Error::new(text.span(), "this is no visibility; write \"pub\", \"pub(crate)\" or the like"))
}

fn expect_comma_or_end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(input.error("expected a comma")) }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn unknown_option(name: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|option| (distance(name, option), option)).min();
    match nearest {
        Some((steps, option)) if steps <= 2 => format!("unknown option `{name}`; did you mean `{option}`?"),
        _ => format!("unknown option `{name}`; here it can be one of `{}`", known.join("`, `")),
    }
}

/// How many letters must be put in, taken out or changed to make `a` of `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.chars().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{Errors, FunctionOptions, ObjectOptions, distance};

    fn object_errors(tokens: proc_macro2::TokenStream) -> Vec<String> {
        let mut errors = Errors::default();
        ObjectOptions::parse(tokens, &mut errors);
        errors.messages()
    }

    #[test]
    fn distance_counts_changed_missing_and_extra_letters() {
        assert_eq!(distance("rename", "rename"), 0);
        assert_eq!(distance("renam", "rename"), 1);
        assert_eq!(distance("sikp", "skip"), 2);
        assert_eq!(distance("", "vis"), 3);
    }

    #[test]
    fn known_options_are_read_and_a_trailing_comma_is_fine() {
        let mut errors = Errors::default();
        let options = ObjectOptions::parse(
            quote!(crate = ::other::path, proxy = P, output_derive(Debug, Clone), vis = "pub(crate)",),
            &mut errors,
        );
        assert_eq!(errors.messages(), [""; 0]);
        assert_eq!(options.proxy.map(|name| name.to_string()), Some("P".to_owned()));
        assert_eq!(options.output_derive.len(), 2);
        assert!(options.krate.is_some() && options.vis.is_some());
    }

    #[test]
    fn every_wrong_option_is_reported_and_the_right_ones_are_kept() {
        let mut errors = Errors::default();
        let mut options = FunctionOptions::default();
        options.parse_into(quote!(renam = x, skip, skip, colour = "red"), &mut errors);
        assert!(options.skip);
        assert_eq!(
            errors.messages(),
            [
                "unknown option `renam`; did you mean `rename`?",
                "the option `skip` is given twice; remove one",
                "unknown option `colour`; here it can be one of `skip`, `rename`",
            ]
        );
    }

    #[test]
    fn a_value_that_is_none_is_one_error() {
        assert_eq!(object_errors(quote!(vis = "public")).len(), 1);
        assert_eq!(object_errors(quote!(proxy, builder = B)).len(), 1);
        assert_eq!(object_errors(quote!(proxy = A B)).len(), 1);
    }
}
