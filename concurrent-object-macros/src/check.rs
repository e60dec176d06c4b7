//! What the attribute refuses: one `check_*` for each rule, all violations at once, each on the user's own tokens with
//! its remedy.
//!
//! Knows the rules, nothing of the output; it marks what the output has to leave out.

mod names;
mod signature;
mod types;

use quote::ToTokens;
use syn::{GenericParam, Item, ItemImpl, Type, parse_quote};

use crate::errors::Errors;
use crate::model::{Function, Object, Verdict, contains_lifetime, peel};

/// Applies every rule to the object.
pub(crate) fn check(object: &mut Object, errors: &mut Errors) {
    object.usable = refuses_nothing(errors, |errors| {
        check_trait_impl(&object.item, errors);
        check_generics(&object.item, errors);
        check_self_type(&object.ty, errors);
    });
    for constructor in &mut object.constructors {
        check_function(&mut constructor.function, errors);
    }
    for method in &mut object.methods {
        check_function(&mut method.function, errors);
        let receiver = refuses_nothing(errors, |errors| signature::check_receiver(&method.receiver, errors));
        let result = refuses_nothing(errors, |errors| types::check_result(method.returned.original.as_ref(), errors));
        if !receiver || !result {
            method.function.verdict = Verdict::Refused;
        }
        if !result || signature::has_type_parameters(&method.function.sig) {
            method.returned.owned = parse_quote!(());
        }
    }
    if object.usable {
        names::check_names(object, errors);
        check_constructors(object, errors);
        check_methods(object, errors);
    }
}

/// Whether `rules` found nothing.
fn refuses_nothing(errors: &mut Errors, rules: impl FnOnce(&mut Errors)) -> bool {
    let before = errors.count();
    rules(errors);
    errors.count() == before
}

fn check_function(function: &mut Function, errors: &mut Errors) {
    let sound = refuses_nothing(errors, |errors| {
        signature::check_signature(&function.sig, errors);
        function.arguments.iter().for_each(|argument| types::check_argument(&argument.original, errors));
    });
    if !sound {
        function.verdict = Verdict::Refused;
    }
}

/// The attribute stands on something that is no impl block.
pub(crate) fn check_impl_block(item: syn::Result<Item>, errors: &mut Errors) {
    let message = "`#[concurrent_object]` goes on an impl block: the one with the type's constructors and methods";
    match item {
        Ok(Item::Struct(item)) => errors.at(item.ident, message),
        Ok(Item::Enum(item)) => errors.at(item.ident, message),
        Ok(Item::Union(item)) => errors.at(item.ident, message),
        Ok(Item::Trait(item)) => errors.at(item.ident, message),
        Ok(Item::Fn(item)) => errors.at(item.sig.ident, message),
        Ok(Item::Mod(item)) => errors.at(item.ident, message),
        Ok(other) => errors.at(other, message),
        Err(error) => errors.push(error),
    }
}

fn check_trait_impl(item: &ItemImpl, errors: &mut Errors) {
    if let Some((path, _)) = &item.trait_ {
        errors.at(
            path,
            "an impl of a trait has no constructor to start from; write an impl block of the type itself, whose methods \
             call the trait's",
        );
    }
}

fn check_generics(item: &ItemImpl, errors: &mut Errors) {
    for parameter in &item.generics.params {
        match parameter {
            GenericParam::Lifetime(lifetime) => errors.at(lifetime, BORROWED),
            other => errors.at(
                other,
                "a generic impl is not supported yet; write `impl` for a concrete type, such as `impl Grid<f32>`",
            ),
        }
    }
}

const BORROWED: &str = "an object that borrows cannot live in another process; let the type own what it needs";

fn check_self_type(ty: &Type, errors: &mut Errors) {
    match peel(ty) {
        Type::Path(path) if path.qself.is_none() => {
            if contains_lifetime(ty) && ty.to_token_stream().to_string().contains("'_") {
                errors.at(ty, BORROWED);
            }
        }
        other => errors.at(other, "the object's type must have a name; put the attribute on `impl Name { .. }`"),
    }
}

fn check_constructors(object: &Object, errors: &mut Errors) {
    if !object.constructors.is_empty() {
        return;
    }
    match &object.private_constructor {
        Some(private) => errors.at(
            private,
            format!(
                "nothing here can start the object: `{private}` makes it, but is private; make it `pub` or `pub(crate)`"
            ),
        ),
        None => errors.at(
            &object.ty,
            "nothing here can start the object; add a function such as `pub fn new() -> Self`, which may also return \
             `Result<Self, E>` or `Option<Self>`",
        ),
    }
}

fn check_methods(object: &Object, errors: &mut Errors) {
    if object.methods.is_empty() {
        errors.at(
            &object.ty,
            "nothing here can be called on the object; make a method with `&self` or `&mut self` `pub` or `pub(crate)`",
        );
    }
}
