//! The rules for methods that stream their items.

use syn::ReturnType;

use crate::errors::Errors;
use crate::model::{Method, as_iterator, first_argument};

/// Reports `stream` on a method that cannot stream.
pub(super) fn check_stream(method: &Method, errors: &mut Errors) {
    let options = &method.function.attributes.options;
    let Some(option) = &options.stream else { return };
    if !method.streams {
        return errors.at(option, no_iterator(&method.function.sig.output));
    }
    if method.consumes() {
        errors.at(
            &method.receiver,
            "a method that takes `self` by value cannot stream, since the object would end with its last item; take \
             `&mut self`",
        );
    }
    if let Some(argument) = method.function.in_out().next() {
        errors.at(
            &argument.original,
            "a method with a `&mut` argument cannot stream, since the change is sent when the method has returned; take \
             the value, and return what has changed as an item",
        );
    }
    if let Some(option) = &options.idempotent {
        errors.at(
            option,
            "a method that streams cannot run again, since its first items are with the caller already; remove the option",
        );
    }
    if let Some(option) = &options.snapshot {
        errors.at(option, "a method that streams cannot save the state; remove one of the two options");
    }
    if let Some(original) = method.returned.original.as_ref().filter(|_| method.returned.conversion.keeps()) {
        errors.at(
            original,
            "an object that stays in the child cannot be an item of a stream; return a `Vec` of such objects, without \
             `stream`, or stream what is in them",
        );
    }
}

/// Returns the message for a return type that is no iterator.
fn no_iterator(output: &ReturnType) -> &'static str {
    let inner = match output {
        ReturnType::Type(_, ty) => first_argument(ty),
        ReturnType::Default => None,
    };
    match inner.and_then(as_iterator) {
        Some(_) => {
            "the items come while the method runs, so an error must be one of them; return \
             `impl Iterator<Item = Result<T, E>>`; if the method cannot begin, return an iterator with one error"
        }
        None => {
            "only an iterator has items to stream; return `impl Iterator<Item = T>` or `Box<dyn Iterator<Item = T>>`; if \
             the iterator has a name of its own, write `#[concurrent_object(stream, result = impl Iterator<Item = T>)]`"
        }
    }
}
