//! The rules for the argument through which a method reports its progress.

use crate::errors::Errors;
use crate::model::{Function, Method, contains_lifetime};

/// Reports an argument `&Progress<P>` where no caller could read it.
pub(super) fn check_progress(method: &Method, errors: &mut Errors) {
    let function = &method.function;
    let Some(progress) = function.progress.first() else { return };
    if let Some(second) = function.progress.get(1) {
        errors.at(&second.original, "a call has one progress; report both values in one, as a tuple");
    }
    if contains_lifetime(&progress.value) {
        errors.at(
            &progress.original.ty,
            "the caller keeps the values of a progress, so they cannot borrow; use an owned type, such as `String`",
        );
    }
    if function.in_out().next().is_some() {
        errors.at(
            &progress.original,
            "the call of a method with `&mut` arguments has no progress; take these arguments by value, and return what \
             has changed",
        );
    }
    if let Some(option) = &function.attributes.options.snapshot {
        errors.at(option, "a method that saves the state takes no arguments, and has no caller to report to");
    }
}

/// Reports such an argument of a constructor.
pub(super) fn check_constructor(constructor: &Function, errors: &mut Errors) {
    for progress in &constructor.progress {
        errors.at(
            &progress.original,
            "a constructor has no call that could show its progress; remove the argument, and do the long work in a method",
        );
    }
}
