//! Proposes a type for a parameter that the user has to choose one for.

use quote::ToTokens;
use syn::{Ident, Type, TypeParamBound, parse_quote};

use super::Undecided;
use super::bound::{Form, wanted};
use super::fit::owned;
use super::parameters::{Kind, Open, Parameter};
use crate::model::generics::mentions;
use crate::model::types::without_std;
use crate::printed::printed;

impl Open {
    /// Returns what to say about a parameter. `name` is the name by which the user can choose.
    pub(super) fn undecided(&self, parameter: &Parameter, name: Option<&Ident>) -> Undecided {
        Undecided {
            name: name.cloned(),
            bounds: printed(parameter.written.clone()),
            example: self.example(&parameter.bounds),
        }
    }

    /// Returns an owned type that has the bounds and can be sent.
    fn example(&self, bounds: &[TypeParamBound]) -> Option<String> {
        let Some(wanted) = wanted(None, bounds) else { return example_of_names(bounds) };
        let example: Type = match &wanted.form {
            Form::View(view) if !wanted.sized => view.clone(),
            Form::View(view) => owned(view)?,
            Form::Slice(element) => parse_quote!(Vec<#element>),
            Form::Value(ty) => ty.clone(),
            Form::List { item: Some(item), iterated: false } => parse_quote!(Vec<#item>),
            Form::List { item: None, iterated: false } => parse_quote!(Vec<String>),
            Form::Input { sought: false, .. } => return Some(BYTES.to_owned()),
            Form::Output => parse_quote!(Vec<u8>),
            Form::TextOutput => parse_quote!(String),
            _ => return None,
        };
        let nameless = self.parameters.iter().filter(|parameter| parameter.kind == Kind::Nameless);
        let nameless: Vec<_> = nameless.map(|parameter| parameter.name.clone()).collect();
        (!mentions(&example, &nameless)).then(|| printed(without_std(&example).into_token_stream()))
    }
}

/// A type that can be read and written.
const BYTES: &str = "std::collections::VecDeque<u8>";

/// Returns `u32` or `VecDeque<u8>`, if it has all of these bounds.
fn example_of_names(bounds: &[TypeParamBound]) -> Option<String> {
    let names = bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) if bound.maybe.is_none() => Some(bound.path.segments.last()?.ident.to_string()),
        _ => None,
    });
    let names: Vec<_> = names.collect();
    let all = |known: &[&str]| names.iter().all(|name| known.contains(&name.as_str()));
    if all(&NUMBER) {
        return Some("u32".to_owned());
    }
    (names.iter().any(|name| name == "Read") && all(&STREAM)).then(|| BYTES.to_owned())
}

/// Traits that `u32` has.
#[rustfmt::skip]
const NUMBER: [&str; 18] = [
    "Any", "Clone", "Copy", "Debug", "Default", "Deserialize", "DeserializeOwned", "Display", "Eq", "FromStr", "Hash",
    "Ord", "PartialEq", "PartialOrd", "Send", "Serialize", "Sync", "ToString",
];

/// Traits that `VecDeque<u8>` has.
const STREAM: [&str; 6] = ["Read", "BufRead", "Write", "Send", "Sync", "Debug"];
