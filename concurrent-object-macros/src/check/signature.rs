//! The rules for a function's signature, apart from its types.

use syn::visit::{self, Visit};
use syn::{Ident, Safety, Signature};

use super::{progress, streams};
use crate::errors::Errors;
use crate::model::{Function, Method, contains_mutable_reference};
use crate::options::nearest;

/// Applies the rules to one constructor or method.
pub(super) fn check_signature(function: &Function, block_on: bool, errors: &mut Errors) {
    let sig = &function.sig;
    check_async(sig, block_on, errors);
    check_unsafe(sig, errors);
    check_extern(sig, errors);
    check_variadic(sig, errors);
    check_ambiguous_type(function, errors);
}

fn check_async(sig: &Signature, block_on: bool, errors: &mut Errors) {
    if let Some(token) = sig.asyncness.as_ref().filter(|_| !block_on) {
        errors.at(
            token,
            "an async function needs an executor in the child; name one on the impl block: \
             `#[concurrent_object(block_on = path)]`, where the function `path` runs a future to its end and returns \
             its output, as `pollster::block_on` does",
        );
    }
}

fn check_unsafe(sig: &Signature, errors: &mut Errors) {
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(
            token,
            "the child cannot know whether the caller upholds an unsafe function's contract; write a safe function that \
             checks it",
        );
    }
}

fn check_extern(sig: &Signature, errors: &mut Errors) {
    if let Some(abi) = &sig.abi {
        errors.at(abi, "an extern function is meant for callers in another language; remove `extern`");
    }
}

fn check_variadic(sig: &Signature, errors: &mut Errors) {
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic, "variadic arguments cannot be sent to another process; take a slice or a `Vec`");
    }
}

/// Reports a choice for a parameter that the function does not have, and a second choice for one.
pub(super) fn check_chosen_types(function: &Function, errors: &mut Errors) {
    let parameters: Vec<String> = function.parameters().map(Ident::to_string).collect();
    for (at, chosen) in function.with.iter().enumerate() {
        let (name, own) = (&chosen.parameter, &function.sig.ident);
        if function.with[..at].iter().any(|other| other.parameter == *name) {
            errors.at(name, format!("a choice for `{name}` was already made; remove one of the two"));
        } else if !parameters.contains(&name.to_string()) {
            let hint = nearest(&name.to_string(), parameters.iter().map(String::as_str));
            let hint = hint.unwrap_or_else(|| "remove it".to_owned());
            errors.at(name, format!("`{own}` has no type parameter `{name}`; {hint}"));
        }
    }
}

/// Reports an associated item whose trait the macro cannot determine.
///
/// That is `P::Item` if the user chose a type for `P` and `P` does not have exactly one trait
/// bound. In an impl of a trait it is also `Self::Item` if `Item` comes from another trait.
fn check_ambiguous_type(function: &Function, errors: &mut Errors) {
    struct Walk<'a> {
        function: &'a Function,
        errors: &'a mut Errors,
    }
    impl Visit<'_> for Walk<'_> {
        fn visit_type_path(&mut self, ty: &syn::TypePath) {
            let first = ty.path.segments.first().filter(|_| ty.qself.is_none() && ty.path.segments.len() > 1);
            if let Some(name) = first.map(|first| &first.ident).filter(|name| self.function.is_ambiguous(name, ty)) {
                let message = format!("the trait of this associated item is ambiguous; write `<{name} as Trait>::..`");
                self.errors.at(ty, message);
            }
            visit::visit_type_path(self, ty);
        }
    }
    let mut walk = Walk { function, errors };
    walk.function.arguments.iter().for_each(|argument| walk.visit_type(&argument.original.ty));
    // A constructor's error type does not occur in the output.
    if function.sig.receiver().is_some() {
        walk.visit_return_type(&function.sig.output);
    }
}

/// Reports a receiver other than `&self`, `&mut self`, `self` and their longer forms.
pub(super) fn check_receiver(method: &Method, errors: &mut Errors) {
    if method.access().is_none() {
        errors.at(
            &method.receiver,
            "the child's dispatcher owns the object, and cannot pass it in this form; take `&self`, `&mut self` or `self`",
        );
    }
}

/// Reports options that have no effect on this method.
pub(super) fn check_method_options(method: &Method, errors: &mut Errors) {
    check_error_option(method, errors);
    check_copy_option(method, errors);
    streams::check_stream(method, errors);
    progress::check_progress(method, errors);
    check_idempotent(method, errors);
}

/// Reports `error = "…"` on a method that returns no `Result`.
fn check_error_option(method: &Method, errors: &mut Errors) {
    if let Some((_, text)) = &method.function.attributes.options.error
        && !method.returned.fails
    {
        errors.at(text, "the method returns no `Result`, so there is no error to send; remove the option");
    }
}

/// Reports `copy` on a method that returns no `&mut T`.
fn check_copy_option(method: &Method, errors: &mut Errors) {
    if let Some(option) = &method.function.attributes.options.copy
        && !method.returned.original.as_ref().is_some_and(contains_mutable_reference)
    {
        errors.at(option, "the method returns no `&mut`, so there is nothing to copy; remove the option");
    }
}

/// Reports `idempotent` on a method that takes the object by value.
fn check_idempotent(method: &Method, errors: &mut Errors) {
    if let Some(option) = &method.function.attributes.options.idempotent
        && method.consumes()
    {
        errors.at(
            option,
            "a method that takes `self` by value is the object's last call and cannot run again; remove the option",
        );
    }
}

/// Reports `timeout = "…"`, `copy` or `idempotent` on a constructor.
pub(super) fn check_constructor_options(constructor: &Function, errors: &mut Errors) {
    if let Some(option) = &constructor.attributes.options.idempotent {
        errors.at(option, "a constructor runs in each new process anyway; remove the option");
    }
    progress::check_constructor(constructor, errors);
    if let Some(option) = &constructor.attributes.options.stream {
        errors.at(option, "a constructor returns the object itself, which stays in the child; remove the option");
    }
    if let Some(option) = &constructor.attributes.options.copy {
        errors.at(option, "a constructor returns the object itself, which stays in the child; remove the option");
    }
    if let Some(time) = &constructor.attributes.options.timeout {
        errors.at(&time.given, "`ready_timeout` of the builder limits a constructor's time; remove the option");
    }
}
