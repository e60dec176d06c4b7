//! The rules for snapshots: the method that saves the state and the constructors that restore it.
//!
//! Either both exist, or neither. A constructor that restores takes the state that the method
//! returns, and then the arguments of the constructor that made the object.

use super::{check_function, refuses_nothing, results, signature, types};
use crate::errors::{Errors, spelled};
use crate::model::{Access, Constructor, Function, Method, Object, Verdict, same, without_std};

pub(super) fn check_snapshots(object: &mut Object, errors: &mut Errors) {
    check_savers(object, errors);
    check_restorers(object, errors);
    check_both(object, errors);
    check_states(object, errors);
    check_every_constructor(object, errors);
}

fn check_savers(object: &mut Object, errors: &mut Errors) {
    let listed: Vec<_> = object.methods.iter().map(|method| method.function.sig.ident.clone()).collect();
    let block_on = object.options.block_on.is_some();
    for saver in &mut object.savers {
        let sound = refuses_nothing(errors, |errors| {
            // The rules for methods already reported the violations of a saver that is on the proxy
            // too.
            let mut repeated = Errors::default();
            let general = if listed.contains(&saver.function.sig.ident) { &mut repeated } else { &mut *errors };
            check_function(&mut saver.function, block_on, general);
            signature::check_receiver(saver, general);
            results::check_result(saver, general);
            check_saver(saver, errors);
        });
        if !sound {
            saver.function.verdict = Verdict::Refused;
        }
    }
    for second in object.savers.iter().skip(1) {
        errors.at(
            &second.function.attributes.options.snapshot,
            "only one method can save the state; remove `snapshot` from the others",
        );
    }
}

fn check_saver(saver: &Method, errors: &mut Errors) {
    let function = &saver.function;
    if !matches!(saver.access(), Some(Access::Borrowed)) {
        errors.at(&saver.receiver, "the object is still needed after its state is saved; take `&self`");
    }
    if !function.arguments.is_empty() {
        errors.at(
            &function.sig.inputs,
            "the child saves the state between calls and has no arguments to pass; take `&self` alone",
        );
    }
    if saver.returned.original.is_none() {
        errors.at(
            &function.sig.ident,
            "a method that saves the state returns it: `fn save(&self) -> State`, or `-> Result<State, E>`",
        );
    }
}

fn check_restorers(object: &mut Object, errors: &mut Errors) {
    let listed: Vec<_> = object.constructors.iter().map(|one| one.function.sig.ident.clone()).collect();
    let block_on = object.options.block_on.is_some();
    for restorer in &mut object.restorers {
        let mut repeated = Errors::default();
        let general = if listed.contains(&restorer.function.sig.ident) { &mut repeated } else { &mut *errors };
        check_function(&mut restorer.function, block_on, general);
        for argument in &restorer.function.arguments {
            types::check_constructor_argument(argument, general);
        }
    }
}

/// Reports a saver without a restorer, and a restorer without a saver.
fn check_both(object: &Object, errors: &mut Errors) {
    let savers = object.savers.iter().filter(|_| object.restorers.is_empty());
    for saver in savers {
        errors.at(
            &saver.function.attributes.options.snapshot,
            "no constructor restores an object from this snapshot; mark one that takes the state first, and then the \
             other constructor's arguments: `#[concurrent_object(restore)] fn load(state: State) -> Self`",
        );
    }
    for restorer in object.restorers.iter().filter(|_| object.savers.is_empty()) {
        errors.at(
            &restorer.function.attributes.options.restore,
            "no method saves a state to restore; mark a method that returns it: \
             `#[concurrent_object(snapshot)] fn save(&self) -> State`",
        );
    }
}

/// Checks that each restorer takes the type that the saver returns.
fn check_states(object: &mut Object, errors: &mut Errors) {
    let Some(saver) = object.savers.first() else { return };
    for restorer in &mut object.restorers {
        if !refuses_nothing(errors, |errors| check_state(saver, &restorer.function, errors)) {
            restorer.function.verdict = Verdict::Refused;
        }
    }
}

fn check_state(saver: &Method, restorer: &Function, errors: &mut Errors) {
    let saved = without_std(&saver.returned.owned);
    let message = || {
        let (load, save) = (&restorer.sig.ident, &saver.function.sig.ident);
        let state = spelled(&saved);
        format!(
            "the first argument of `{load}` must be the state that `{save}` returns, by value and spelled the same: \
             `state: {state}`"
        )
    };
    match restorer.arguments.first() {
        None => errors.at(&restorer.sig.ident, message()),
        Some(state) if !same(&without_std(&state.ty), &saved) => errors.at(&state.original, message()),
        Some(_) => {}
    }
}

/// Checks that exactly one constructor restores the objects of each constructor.
fn check_every_constructor(object: &Object, errors: &mut Errors) {
    if object.savers.is_empty() || object.restorers.is_empty() {
        return;
    }
    for constructor in &object.constructors {
        let restorers: Vec<_> = object.restorers_of(constructor).collect();
        let is_one = object.restorers.iter().any(|restorer| restorer.is_like(constructor));
        match restorers.as_slice() {
            [_] => {}
            _ if is_one => {}
            [] => errors.at(&constructor.function.sig.ident, unrestored(object, constructor)),
            [_, second, ..] => errors.at(
                &second.function.sig.ident,
                format!(
                    "two constructors restore an object that `{}` made; remove one",
                    constructor.function.sig.ident
                ),
            ),
        }
    }
}

fn unrestored(object: &Object, constructor: &Constructor) -> String {
    let state = object.savers.iter().take(1).map(|saver| spelled(&without_std(&saver.returned.owned)));
    let arguments = constructor.function.arguments.iter().map(|argument| spelled(&argument.original));
    let all: Vec<_> = state.chain(arguments).collect();
    format!(
        "no constructor restores an object that `{}` made; mark one with `#[concurrent_object(restore)]` that takes the \
         state and then the same arguments, spelled the same: `({})`",
        constructor.function.sig.ident,
        all.join(", ")
    )
}
