//! The rules for `carry(…)` and `result = "text"`: each entry must have an effect.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{ReturnType, Type};

use crate::errors::Errors;
use crate::model::{Function, Method, Object, Passing, is_ident, same_name};
use crate::options::{Carried, Carry, ResultForm};

/// Applies the rules to the option on the impl block.
pub(super) fn check_block(object: &Object, errors: &mut Errors) {
    let carry = &object.options.carry;
    check_repeated(carry, errors);
    for entry in carry {
        match &entry.of {
            Carried::Returned(token) => {
                errors.at(token, "`return` names the result of one function; write this option on the function");
            }
            Carried::Named(key) if !object.called_functions().any(|function| names_type(function, key)) => {
                let text = key.to_token_stream();
                errors.at(key, format!("no argument and no result on the proxy names `{text}`; remove it, or write the type as the functions do"));
            }
            Carried::Named(_) => {}
        }
    }
}

/// Applies the rules to the options on one function.
pub(super) fn check_function(function: &Function, errors: &mut Errors) {
    let carry = &function.attributes.options.carry;
    check_repeated(carry, errors);
    for entry in carry {
        match &entry.of {
            Carried::Returned(token) if returned(function).is_none() => {
                errors.at(token, "the function returns nothing; remove this entry");
            }
            Carried::Named(key) if names_borrow(function, key) => {
                errors.at(
                    key,
                    "this argument borrows its text from the message, so it needs no other form; remove this entry",
                );
            }
            Carried::Named(key) if !names_type(function, key) && !names_argument(function, key) => {
                let (text, name) = (key.to_token_stream(), &function.sig.ident);
                errors.at(key, format!("`{name}` has no argument called `{text}`, and names no such type; remove it"));
            }
            _ => {}
        }
    }
}

/// Reports `result = "text"` and `return = …` on a constructor.
pub(super) fn check_constructor(constructor: &Function, errors: &mut Errors) {
    let options = &constructor.attributes.options;
    let returned = options.carry.iter().filter_map(|entry| match &entry.of {
        Carried::Returned(token) => Some(token.to_token_stream()),
        Carried::Named(_) => None,
    });
    for token in returned.chain(options.result.iter().map(ResultForm::tokens)) {
        errors.at(token, "a constructor returns the object, which stays in the child; remove this");
    }
}

/// Reports `result = "text"` on a method that returns nothing.
pub(super) fn check_text(method: &Method, errors: &mut Errors) {
    if let Some(ResultForm::Text(text)) = &method.function.attributes.options.result
        && returned(&method.function).is_none()
    {
        errors.at(text, "the method returns nothing, so there is no result to turn into text; remove the option");
    }
}

fn check_repeated(carry: &[Carry], errors: &mut Errors) {
    let text = |entry: &Carry| match &entry.of {
        Carried::Named(key) => key.to_token_stream(),
        Carried::Returned(token) => token.to_token_stream(),
    };
    for (at, entry) in carry.iter().enumerate() {
        let key = text(entry);
        if carry[..at].iter().any(|other| text(other).to_string() == key.to_string()) {
            errors.at(&key, format!("`carry` already says how `{key}` is sent; remove one of the two"));
        }
    }
}

fn names_argument(function: &Function, key: &Type) -> bool {
    function.arguments.iter().any(|argument| is_ident(key, &argument.name))
}

/// Whether it is the name of an argument `&str`, `&Path`, `&OsStr` or `&CStr`.
fn names_borrow(function: &Function, key: &Type) -> bool {
    let mut borrowing = function.arguments.iter().filter(|argument| matches!(argument.passing, Passing::Held(_)));
    borrowing.any(|argument| is_ident(key, &argument.name))
}

/// Whether an argument or the result names the type, also inside another type.
fn names_type(function: &Function, key: &Type) -> bool {
    struct Finder<'k>(&'k Type, bool);
    impl Visit<'_> for Finder<'_> {
        fn visit_type(&mut self, ty: &Type) {
            self.1 |= same_name(ty, self.0);
            visit::visit_type(self, ty);
        }
    }
    let mut finder = Finder(key, false);
    function.arguments.iter().for_each(|argument| finder.visit_type(&argument.ty));
    returned(function).into_iter().for_each(|ty| finder.visit_type(ty));
    finder.1
}

fn returned(function: &Function) -> Option<&Type> {
    match &function.sig.output {
        ReturnType::Type(_, ty) => Some(ty),
        ReturnType::Default => None,
    }
}
