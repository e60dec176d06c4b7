//! The rules for a function's signature, apart from its types.

use syn::{GenericParam, Receiver, ReceiverKind, Safety, Signature, Type, parse_quote};

use crate::errors::Errors;
use crate::model::{peel, same};

/// Applies the rules to one constructor or method.
pub(super) fn check_signature(sig: &Signature, errors: &mut Errors) {
    check_async(sig, errors);
    check_unsafe(sig, errors);
    check_extern(sig, errors);
    check_generic_function(sig, errors);
}

/// Whether a type stands for another one in the signature.
pub(super) fn has_type_parameters(sig: &Signature) -> bool {
    sig.generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)))
}

fn check_async(sig: &Signature, errors: &mut Errors) {
    if let Some(token) = &sig.asyncness {
        errors.at(
            token,
            "an async function needs a runtime in the child; make a plain function that runs the future to its end",
        );
    }
}

fn check_unsafe(sig: &Signature, errors: &mut Errors) {
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(
            token,
            "the child cannot know that the caller keeps an unsafe function's contract; make a safe function that \
             checks it, or write `#[concurrent_object(skip)]` on this one",
        );
    }
}

fn check_extern(sig: &Signature, errors: &mut Errors) {
    if let Some(abi) = &sig.abi {
        errors.at(
            abi,
            "an extern function is there for callers in another language; write `#[concurrent_object(skip)]` on it, or \
             take away `extern`",
        );
    }
}

fn check_generic_function(sig: &Signature, errors: &mut Errors) {
    for parameter in &sig.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors.at(
                parameter,
                "a child cannot be asked for a type it was not compiled for; write the concrete type, or \
                 `#[concurrent_object(skip)]` on the function",
            );
        }
    }
}

/// `&self`, `&mut self`, `self: &Self` and `self: &mut Self` are accepted.
pub(super) fn check_receiver(receiver: &Receiver, errors: &mut Errors) {
    let accepted = match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => match peel(ty) {
            Type::Reference(reference) => same(&reference.elem, &parse_quote!(Self)),
            _ => false,
        },
        _ => false,
    };
    if !accepted {
        errors.at(
            receiver,
            "the object stays in the child, so a method can only borrow it; take `&self` or `&mut self`, or write \
             `#[concurrent_object(skip)]` on the method",
        );
    }
}
