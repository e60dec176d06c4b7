//! The rules for the type and const parameters of the impl block.

use syn::{Generics, Ident, TypeParamBound, WherePredicate};

use crate::errors::Errors;
use crate::model::{Constructor, Function, Object, bounded_name, is_closure_bound, mentions, parameters};
use crate::options::nearest;

/// Traits of which no value can be sent: a value of a type with such a bound stays where it was
/// made. With each, a type that a constructor in the child can make.
const STAY: [(&str, &str); 9] = [
    ("Read", "std::io::BufReader<std::fs::File>"),
    ("BufRead", "std::io::BufReader<std::fs::File>"),
    ("Seek", "std::fs::File"),
    ("Write", "std::fs::File"),
    ("Iterator", "std::vec::IntoIter<u8>"),
    ("Future", "std::future::Ready<()>"),
    ("Fn", "fn()"),
    ("FnMut", "fn()"),
    ("FnOnce", "fn()"),
];

/// Reports a choice for a parameter that neither the impl block nor a function has, and a second
/// choice for one.
pub(super) fn check_chosen(object: &Object, errors: &mut Errors) {
    let of_functions = object.called_functions().flat_map(Function::parameters).map(Ident::to_string);
    let all: Vec<String> = parameters(&object.item.generics).iter().map(Ident::to_string).chain(of_functions).collect();
    let with = &object.options.with;
    for (at, chosen) in with.iter().enumerate() {
        let name = &chosen.parameter;
        if with[..at].iter().any(|other| other.parameter == *name) {
            errors.at(name, format!("a choice for `{name}` was already made; remove one of the two"));
        } else if !all.contains(&name.to_string()) {
            let hint = nearest(&name.to_string(), all.iter().map(String::as_str));
            let hint = hint.unwrap_or_else(|| "remove it".to_owned());
            errors
                .at(name, format!("neither the impl block nor a function in it has a type parameter `{name}`; {hint}"));
        }
    }
}

/// Reports a parameter without a choice whose values no constructor can receive.
///
/// Without this rule the block would be accepted, and nothing could start the object.
pub(super) fn check_open(object: &Object, errors: &mut Errors) {
    for parameter in object.generics.type_params() {
        let name = &parameter.ident;
        if object.constructors.iter().any(|constructor| !takes(constructor, name)) {
            continue;
        }
        let bounds = parameter.bounds.iter().chain(bounds_in_clause(&object.generics, name));
        let staying: Vec<_> = bounds.into_iter().filter_map(stays).collect();
        let Some((bound, _)) = staying.first() else { continue };
        let example = example(&staying);
        // The model may have added bounds to the own list of the object, which have no place in the
        // file.
        let mut written = object.item.generics.type_params();
        errors.at(
            written.find(|written| written.ident == *name).unwrap_or(parameter),
            format!(
                "a value with the bound `{bound}` cannot be sent to another process, so nothing could start this object; \
                 choose a type that the child can make, and a constructor that makes it: \
                 `#[concurrent_object(with({name} = {example}), constructor = fn open(path: &Path) -> std::io::Result<Self>)]`"
            ),
        );
    }
}

/// Returns the example of the first bound that satisfies the others too: a file, but no buffered
/// reader, can be both read and written.
fn example(bounds: &[(&str, &'static str)]) -> &'static str {
    let fits = |example: &str| !bounds.iter().any(|(bound, _)| *bound == "Write" && example.contains("BufReader"));
    let mut examples = bounds.iter().map(|(_, example)| *example);
    examples.clone().find(|example| fits(example)).or_else(|| examples.next()).unwrap_or_default()
}

fn takes(constructor: &Constructor, parameter: &Ident) -> bool {
    let mut arguments = constructor.function.arguments.iter();
    arguments.any(|argument| mentions(&argument.original.ty, std::slice::from_ref(parameter)))
}

fn bounds_in_clause<'g>(generics: &'g Generics, name: &'g Ident) -> impl Iterator<Item = &'g TypeParamBound> {
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let own = predicates.filter(move |predicate| bounded_name(predicate) == Some(name));
    own.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => Some(&predicate.bounds),
        _ => None,
    })
    .flatten()
}

fn stays(bound: &TypeParamBound) -> Option<(&'static str, &'static str)> {
    let TypeParamBound::Trait(path) = bound else { return None };
    let last = &path.path.segments.last()?.ident;
    let known = STAY.into_iter().find(|(name, _)| last == name);
    known.filter(|(name, _)| !name.starts_with("Fn") || is_closure_bound(bound))
}
