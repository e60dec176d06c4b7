//! Parses `#[concurrent_object(…)]` on the impl block and on the functions in it.
//!
//! Knows the options and the syntax of each. Must not know what they change.
//! Invariant: an option that is wrong is reported once, and then treated as absent.

mod carry;
mod elsewhere;
mod spelling;
mod values;

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, Type, Visibility, parenthesized};

use self::carry::parse_carry;
pub(crate) use self::carry::{Carried, CarriedForm, Carry, types_in};
pub(crate) use self::elsewhere::Elsewhere;
pub(crate) use self::spelling::nearest;
use self::spelling::{form_of, unknown_option};
pub(crate) use self::values::{Chosen, NamedResult, ResultForm, Time, With};
use self::values::{
    add_choice, parse_chosen, parse_error_form, parse_handle, parse_named_result, parse_part, parse_result_form,
    parse_time, parse_vis,
};
use crate::errors::Errors;

/// The options on the impl block.
#[derive(Clone, Default)]
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
    /// `block_on = path`
    pub(crate) block_on: Option<Path>,
    /// `error = "value"`, `error = "text"`
    pub(crate) error: ErrorForm,
    /// `parts(eval, limits = limits::ScriptLimitsOutput)`: the other blocks of this object
    pub(crate) parts: Vec<PartName>,
    /// `part = eval`: the name of this block, which is one of the others
    pub(crate) part: Option<Ident>,
    /// `handle`: the type's objects stay in the child of another object
    pub(crate) handle: Option<Ident>,
    /// `handles(Channel, Statement<'_> = path::StatementHandle)`: the types to whose objects the
    /// parent has handles
    pub(crate) handles: Vec<HandleName>,
    /// `opaque(Oid, Config)`: the types to whose objects the parent has handles without methods
    pub(crate) opaque: Vec<Type>,
    /// `with(R = File)`: the types of the impl block's parameters, or of its functions' parameters
    pub(crate) with: Vec<Chosen>,
    /// `copy`: on each method that returns `&mut T`
    pub(crate) copy: Option<Ident>,
    /// `result(Rows<'_> = impl Iterator<Item = Row>)`: how results of these types are sent
    pub(crate) results: Vec<NamedResult>,
    /// `skip_unsupported`
    pub(crate) skip_unsupported: bool,
    /// `carry(TermMode = u32)`: foreign types that are sent in another form
    pub(crate) carry: Vec<Carry>,
    /// `constructor = fn new() -> Self`, one for each constructor that is defined elsewhere
    pub(crate) constructors: Vec<Elsewhere>,
    /// Whether one of these could not be parsed.
    pub(crate) constructor_is_missing: bool,
}

/// `eval`, or `eval = path::ScriptEvalOutput`: another impl block of the object.
#[derive(Clone)]
pub(crate) struct PartName {
    pub(crate) name: Ident,
    /// The output enum of that block, if it is not in scope under its own name.
    pub(crate) output: Option<Path>,
}

/// `Channel`, or `Entries<'_, R> = path::EntriesHandle`: a type to whose objects the parent has
/// handles.
#[derive(Clone)]
pub(crate) struct HandleName {
    pub(crate) ty: Type,
    /// The type of the handles, if it has another name.
    pub(crate) handle: Option<Path>,
}

/// How a method's error is sent.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ErrorForm {
    /// As a value if its type is known to be data, or else as the text of its messages.
    #[default]
    ByType,
    /// As a value, with `serde`.
    Value,
    /// As the text of its messages.
    Text,
}

/// The options on a function.
#[derive(Clone, Default)]
pub(crate) struct FunctionOptions {
    /// `skip`
    pub(crate) skip: bool,
    /// `rename = name`
    pub(crate) rename: Option<Ident>,
    /// `with(P = PathBuf)`: each is one function of the proxy
    pub(crate) with: Vec<With>,
    /// `error = "value"`, `error = "text"`: overrides the impl block
    pub(crate) error: Option<(ErrorForm, LitStr)>,
    /// `copy`
    pub(crate) copy: Option<Ident>,
    /// `carry(mode = u32)`: foreign types that are sent in another form
    pub(crate) carry: Vec<Carry>,
    /// `result = "text"`, `result = impl Iterator<Item = u32>`
    pub(crate) result: Option<ResultForm>,
    /// `timeout = "2s"`, or `timeout = LIMIT`
    pub(crate) timeout: Option<Time>,
    /// `stream`
    pub(crate) stream: Option<Ident>,
    /// `idempotent`
    pub(crate) idempotent: Option<Ident>,
    /// `snapshot`
    pub(crate) snapshot: Option<Ident>,
    /// `restore`
    pub(crate) restore: Option<Ident>,
    /// The names of all options that were given, in any attribute of the function.
    seen: HashSet<String>,
}

#[rustfmt::skip]
const OBJECT_OPTIONS: [&str; 19] = [
    "crate", "proxy", "output", "builder", "output_derive", "vis", "block_on", "error", "with", "carry", "result", "copy",
    "parts", "part", "handle", "handles", "opaque", "skip_unsupported", CONSTRUCTOR,
];
#[rustfmt::skip]
const FUNCTION_OPTIONS: [&str; 12] = [
    "skip", "rename", "with", "carry", "error", "result", "copy", "timeout", "idempotent", "snapshot", "restore", "stream",
];

const CONSTRUCTOR: &str = "constructor";

/// The options that may be repeated.
const REPEATABLE: [&str; 3] = [CONSTRUCTOR, "with", "carry"];

impl ObjectOptions {
    /// Parses the contents of the attribute on the impl block.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        parse_options(tokens, &OBJECT_OPTIONS, &mut HashSet::new(), errors, |name, span, input| {
            match name {
                "crate" => options.krate = Some(value(input, Path::parse_mod_style)?),
                "proxy" => options.proxy = Some(value(input, Ident::parse)?),
                "output" => options.output = Some(value(input, Ident::parse)?),
                "builder" => options.builder = Some(value(input, Ident::parse)?),
                "output_derive" => options.output_derive = list(input, Path::parse_mod_style)?,
                "block_on" => options.block_on = Some(value(input, Path::parse)?),
                "error" => options.error = value(input, parse_error_form)?.0,
                "with" => options.with.extend(list(input, parse_chosen)?),
                "carry" => options.carry.extend(list(input, parse_carry)?),
                "result" => options.results = list(input, parse_named_result)?,
                "copy" => options.copy = Some(flag(name, span, input)?),
                "parts" => options.parts = list(input, parse_part)?,
                "handle" => options.handle = Some(flag("handle", span, input)?),
                "handles" => options.handles = list(input, parse_handle)?,
                "opaque" => options.opaque = list(input, Type::parse)?,
                "part" => options.part = Some(value(input, Ident::parse)?),
                "skip_unsupported" => options.skip_unsupported = flag(name, span, input).map(|_| true)?,
                CONSTRUCTOR => match value(input, Elsewhere::parse) {
                    Ok(constructor) => options.constructors.push(constructor),
                    Err(error) => {
                        options.constructor_is_missing = true;
                        return Err(error);
                    }
                },
                _ => options.vis = Some(value(input, parse_vis)?),
            }
            Ok(())
        });
        options
    }
}

impl FunctionOptions {
    /// Whether no option except `skip` was given.
    pub(crate) fn is_only_skip(&self) -> bool {
        self.seen.iter().all(|name| name == "skip")
    }

    /// Parses the contents of an attribute on a function, and adds them to `self`.
    pub(crate) fn parse_into(&mut self, tokens: TokenStream, errors: &mut Errors) {
        let mut seen = std::mem::take(&mut self.seen);
        parse_options(tokens, &FUNCTION_OPTIONS, &mut seen, errors, |name, span, input| {
            match name {
                "skip" => self.skip = flag("skip", span, input).map(|_| true)?,
                "copy" => self.copy = Some(flag("copy", span, input)?),
                "stream" => self.stream = Some(flag("stream", span, input)?),
                "idempotent" => self.idempotent = Some(flag("idempotent", span, input)?),
                "snapshot" => self.snapshot = Some(flag("snapshot", span, input)?),
                "restore" => self.restore = Some(flag("restore", span, input)?),
                "with" => add_choice(&mut self.with, With::of(list(input, parse_chosen)?)?),
                "carry" => self.carry.extend(list(input, parse_carry)?),
                "result" => self.result = Some(value(input, parse_result_form)?),
                "error" => self.error = Some(value(input, parse_error_form)?),
                "timeout" => self.timeout = Some(value(input, parse_time)?),
                _ => self.rename = Some(value(input, Ident::parse_any)?),
            }
            Ok(())
        });
        self.seen = seen;
    }
}

/// Parses a comma-separated list of `name`, `name = value` and `name(…)`.
///
/// `read` parses the rest after a known name.
fn parse_options(
    tokens: TokenStream,
    known: &[&str],
    seen: &mut HashSet<String>,
    errors: &mut Errors,
    mut read: impl FnMut(&str, Span, ParseStream<'_>) -> syn::Result<()>,
) {
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let name = Ident::parse_any(input)?;
            let text = name.unraw().to_string();
            if !known.contains(&text.as_str()) {
                errors.at(&name, unknown_option(&text, known));
            } else if !seen.insert(text.clone()) && !REPEATABLE.contains(&text.as_str()) {
                errors.at(&name, format!("the option `{text}` is given twice; remove one"));
            } else if let Err(error) = read(&text, name.span(), input) {
                let form = form_of(&text, known.contains(&CONSTRUCTOR));
                errors.push(syn::Error::new(error.span(), format!("{error}; write `{form}`")));
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

/// Returns the name of an option that takes no value.
fn flag(name: &str, span: Span, input: ParseStream<'_>) -> syn::Result<Ident> {
    expect_comma_or_end(input).map(|()| Ident::new(name, span))
}

fn value<T>(input: ParseStream<'_>, parse: fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    let value = parse(input)?;
    expect_comma_or_end(input)?;
    Ok(value)
}

fn list<T>(input: ParseStream<'_>, parse: fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<Vec<T>> {
    let content;
    parenthesized!(content in input);
    let items = Punctuated::<T, Token![,]>::parse_terminated_with(&content, parse)?;
    expect_comma_or_end(input)?;
    Ok(items.into_iter().collect())
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

#[cfg(test)]
mod tests;
