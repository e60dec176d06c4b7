//! The rules for objects that stay in the child.

use quote::ToTokens;

use crate::errors::Errors;
use crate::model::{Method, Object, Passing, Verdict};

/// Reports a listed type where no handle can stand in its place.
pub(super) fn check_handles(object: &mut Object, errors: &mut Errors) {
    let handles = object.handles.clone();
    for method in &mut object.methods {
        let returned = &method.returned;
        let misplaced = handles.anywhere_in(&returned.owned);
        if let (Some(ty), Some(original)) = (misplaced, &returned.original) {
            let ty = ty.to_token_stream();
            errors.at(
                original,
                format!(
                    "`{ty}` stays in the child; a result can contain it, in `Option`, `Result`, `Vec` and tuples, and \
                     the parent gets handles; return it so, or write `#[concurrent_object(skip)]` on the method"
                ),
            );
            refuse(method);
        }
        let mut arguments = method.function.arguments.iter();
        let misplaced = arguments.find_map(|argument| match argument.passing {
            Passing::Handle(..) => None,
            _ => handles.anywhere_in(&argument.ty).map(|ty| (argument.original.ty.clone(), ty)),
        });
        if let Some((original, ty)) = misplaced {
            let ty = ty.to_token_stream();
            errors.at(
                original,
                format!(
                    "`{ty}` stays in the child; an argument can be `&{ty}`, `&mut {ty}` or `{ty}`, or an `Option` of one, and \
                     the parent passes a handle; take it so, or write `#[concurrent_object(skip)]` on the function"
                ),
            );
            refuse(method);
        }
    }
}

fn refuse(method: &mut Method) {
    if method.function.verdict == Verdict::Sound {
        method.function.verdict = Verdict::Refused;
    }
}

/// Reports options that a handle's block and its methods cannot have. Constructors of the type are
/// functions of the child.
pub(super) fn check_handle(object: &mut Object, errors: &mut Errors) {
    object.constructors.clear();
    for method in &object.methods {
        let options = &method.function.attributes.options;
        let given = [options.idempotent.as_ref(), options.snapshot.as_ref()];
        for option in given.into_iter().flatten() {
            errors.at(option, format!("the object of a handle ends with its process, so it has no `{option}`"));
        }
        if let Some(time) = &options.timeout {
            errors.at(&time.given, "a method of a handle has no limit of its own; use `Call::with_timeout`");
        }
    }
}
