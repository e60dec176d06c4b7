//! The lists, in the docs of generated types, of functions that are left out or may be missing.

use syn::{Ident, Type};

use crate::errors::{Reason, spelled};
use crate::model::{
    Argument, Function, LeftOut, Object, Returned, all_arguments, is_known, is_std_container, is_std_data, peel,
};

/// Returns a paragraph for each list that is not empty.
pub(super) fn lists(object: &Object) -> String {
    list_left_out(object) + &list_conditional(object)
}

/// The functions that are left out, and the reasons
fn list_left_out(object: &Object) -> String {
    let reason = |reason: &Reason| format!("`{}`: {}", reason.part, reason.text);
    let item = |one: &LeftOut| {
        let reasons: Vec<_> = one.reasons.iter().map(reason).collect();
        format!("\n- `{}`. {}.", one.name, reasons.join(". "))
    };
    let items: String = object.left_out.iter().map(item).collect();
    if items.is_empty() { items } else { format!("\n\nNot on the proxy:{items}") }
}

/// The functions that the compiler may leave out, and the types that decide it
///
/// A function whose types are all of the standard library is not listed: they can be sent.
fn list_conditional(object: &Object) -> String {
    let started = object.constructors.iter().filter(|_| !object.is_of_another());
    let constructors = started.map(|one| (&one.function, None));
    let methods = object.methods.iter().map(|one| (&one.function, Some(&one.returned)));
    let mut groups: Vec<(Vec<String>, Vec<&Ident>)> = Vec::new();
    for (function, returned) in constructors.chain(methods).filter(|(function, _)| function.is_conditional) {
        let types = deciding_types(function, returned);
        match groups.iter_mut().find(|(others, _)| *others == types) {
            Some((_, names)) => names.push(&function.sig.ident),
            None => groups.push((types, vec![&function.sig.ident])),
        }
    }
    groups.retain(|(types, _)| !types.is_empty());
    let item = |(types, names): &(Vec<String>, Vec<&Ident>)| {
        let quoted = |name: &dyn std::fmt::Display| format!("`{name}`");
        let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
        let types: Vec<_> = types.iter().map(|ty| quoted(ty)).collect();
        format!("\n- {}: {}", names.join(", "), types.join(", "))
    };
    let items: String = groups.iter().map(item).collect();
    if items.is_empty() {
        return items;
    }
    format!(
        "\n\nOn the proxy only if the types can be sent, that is, have `serde` or a form named with `carry`:\n{items}"
    )
}

fn deciding_types(function: &Function, returned: Option<&Returned>) -> Vec<String> {
    let arguments = function.arguments.iter().filter(|argument| argument.is_judged());
    let arguments = arguments.flat_map(|argument: &Argument| parts(&argument.ty));
    let returned = returned.filter(|returned| returned.is_judged());
    let mut types: Vec<String> = Vec::new();
    for ty in arguments.chain(returned.into_iter().flat_map(|returned| parts(&returned.owned))) {
        let ty = spelled(ty);
        if !types.contains(&ty) {
            types.push(ty);
        }
    }
    types
}

/// `Config` of `&HashMap<String, Vec<Config>>`
fn parts(ty: &Type) -> Vec<&Type> {
    match peel(ty) {
        ty if is_known(ty) || is_std_data(ty) => Vec::new(),
        Type::Reference(reference) => parts(&reference.elem),
        Type::Slice(slice) => parts(&slice.elem),
        Type::Array(array) => parts(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().flat_map(parts).collect(),
        ty if is_std_container(ty) => all_arguments(ty).flat_map(parts).collect(),
        ty => vec![ty],
    }
}

#[cfg(test)]
mod tests;
