//! The rules for objects with several attributed impl blocks.

use quote::ToTokens;
use syn::Ident;

use super::handles;
use super::names::REMEDY;
use crate::errors::Errors;
use crate::model::{Form, Object, Verdict};
use crate::names;

/// Applies the rules to the block with `parts(…)`, and to a block with `part = …`.
pub(super) fn check_parts(object: &mut Object, errors: &mut Errors) {
    check_generic(object, errors);
    if object.is_handle() {
        handles::check_handle(object, errors);
    } else if object.is_part() {
        check_options(object, errors);
        check_functions(object, errors);
    } else {
        check_variants(object, errors);
    }
}

fn check_generic(object: &mut Object, errors: &mut Errors) {
    let handle = object.options.handle.as_ref();
    let named = object.options.part.as_ref().or(handle).or(object.parts.first().map(|part| &part.name));
    if let Some(name) = named.filter(|_| !object.generics.params.is_empty()) {
        errors.at(
            name,
            "a type with type parameters can have neither parts nor handles, because the numbers of its methods are \
             constants; choose its types, with `with(T = …)` on each of its blocks",
        );
        object.parts.clear();
        if object.is_of_another() {
            object.form = Form::Nothing;
        }
    }
}

/// Reports options that belong on the block with the constructors.
fn check_options(object: &Object, errors: &mut Errors) {
    let options = &object.options;
    let mut report = |given: Option<&dyn ToTokens>, option: &str| {
        if let Some(given) = given {
            errors.at(given, format!("`{option}` belongs on the block with `parts(…)`, which has the constructors"));
        }
    };
    report(options.builder.as_ref().map(|given| given as &dyn ToTokens), "builder");
    report(options.parts.first().map(|given| &given.name as &dyn ToTokens), "parts");
}

/// Reports constructors and snapshots, which only the block with `parts(…)` can have.
fn check_functions(object: &Object, errors: &mut Errors) {
    for constructor in &object.constructors {
        let name = &constructor.function.sig.ident;
        errors.at(
            name,
            format!(
                "a constructor of a part is declared on the block with `parts(…)`: `constructor = fn {name}(…) -> …`; \
                 then write `#[concurrent_object(skip)]` on it here"
            ),
        );
    }
    let savers = object.savers.iter().map(|saver| &saver.function);
    let restorers = object.restorers.iter().map(|restorer| &restorer.function);
    for function in savers.chain(restorers) {
        errors.at(&function.sig.ident, "snapshots belong into the block with `parts(…)`; move the function there");
    }
}

/// Reports two parts of one name, and a part with the output variant of a method.
///
/// The second part, or the method, is then left out.
fn check_variants(object: &mut Object, errors: &mut Errors) {
    let mut taken: Vec<Ident> = Vec::new();
    object.parts.retain(|part| {
        let is_new = !taken.contains(&part.variant);
        if !is_new {
            errors.at(&part.name, format!("the part `{}` is named twice; remove one", part.name));
        }
        taken.push(part.variant.clone());
        is_new
    });
    for method in object.methods.iter_mut().filter(|method| method.is_pushed()) {
        let name = method.function.name();
        if let Some(part) = object.parts.iter().find(|part| part.variant == names::variant(name)) {
            errors.at_function(
                &method.function.sig.ident,
                name,
                format!("the method `{name}` would have the output variant of the part `{}`; {REMEDY}", part.name),
            );
            method.function.verdict = Verdict::Nameless;
        }
    }
}
