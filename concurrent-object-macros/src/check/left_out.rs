//! Leaves functions out that a rule rejected, if the user has written `skip_unsupported`.
//!
//! Knows the functions and their violations; must not know the rules. Invariant: an error about an
//! option that the user wrote is never removed, and the object keeps a constructor and a method.

mod open;

use syn::Ident;

use crate::errors::Errors;
use crate::model::{Adapter, Argument, Function, LeftOut, Object, Verdict, mentions};

/// Moves the rejected functions to the object's list of functions that are left out.
pub(super) fn leave_out(object: &mut Object, errors: &mut Errors) {
    if !object.options.skip_unsupported {
        return;
    }
    let constructors = rejected(object.constructors.iter().map(|constructor| &constructor.function));
    let methods = rejected(object.methods.iter().map(|method| &method.function));
    let (constructors_left, methods_left) =
        (object.constructors.len() > constructors.len(), object.methods.len() > methods.len());
    let names = [(constructors, constructors_left), (methods, methods_left)];
    for name in names.into_iter().filter(|(_, is_enough)| *is_enough).flat_map(|(names, _)| names) {
        let reasons = errors.take_reasons(&name);
        object.constructors.retain(|constructor| constructor.function.sig.ident != name);
        object.methods.retain(|method| method.function.sig.ident != name);
        object.left_out.push(LeftOut { name, reasons });
    }
    open::leave_out(object);
    number_all(object);
    leave_to_the_compiler(object);
}

/// Marks the functions of whose types the compiler must find out whether they can be sent.
fn leave_to_the_compiler(object: &mut Object) {
    let parameters = object.parameters();
    for constructor in &mut object.constructors {
        mark(&mut constructor.function, &parameters, false);
    }
    for method in &mut object.methods {
        mark(&mut method.function, &parameters, method.returned.is_judged());
        if let Some(adapters) = method.returned.adapters.as_mut().filter(|_| method.function.is_conditional) {
            adapters.sent.leave_to_the_clause();
            adapters.owned.leave_to_the_clause();
        }
    }
}

fn mark(function: &mut Function, parameters: &[Ident], returns_judged: bool) {
    let is_judged = returns_judged || function.arguments.iter().any(Argument::is_judged);
    function.is_conditional = is_judged && function.verdict == Verdict::Sound && function.has_no_options();
    if function.is_conditional {
        let adapters = function.arguments.iter_mut().filter_map(|argument| argument.adapter.as_mut());
        adapters.for_each(Adapter::leave_to_the_clause);
        // The where clause of the child has bounds on the block's parameters, and so on these
        // types.
        let closed = function.arguments.iter_mut().filter(|argument| !mentions(&argument.ty, parameters));
        closed.for_each(Argument::note_hidden_lifetime);
    }
}

/// Returns the names of the rejected functions on which the user wrote no option.
fn rejected<'f>(functions: impl Iterator<Item = &'f Function>) -> Vec<Ident> {
    let rejected = functions.filter(|function| function.verdict != Verdict::Sound && function.has_no_options());
    rejected.map(|function| function.sig.ident.clone()).collect()
}

fn number_all(object: &mut Object) {
    number(object.constructors.iter_mut().map(|constructor| &mut constructor.function));
    number(object.methods.iter_mut().map(|method| &mut method.function));
}

fn number<'f>(functions: impl Iterator<Item = &'f mut Function>) {
    for (index, function) in (0..).zip(functions) {
        function.index = index;
    }
}
