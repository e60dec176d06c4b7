//! Applies the rules of the attribute, one `check_*` function for each rule.
//!
//! Knows the rules. Must not know the output: it marks the functions that the output must leave
//! out, or replace with stubs. Invariant: all violations are reported at once, each on the user's
//! tokens and with its remedy.

mod belongings;
mod carry;
mod defaults;
mod generics;
mod handles;
mod left_out;
mod names;
mod parts;
mod progress;
mod results;
mod signature;
mod snapshots;
mod streams;
mod types;
mod undecided;
mod views;

use proc_macro2::Span;
use syn::{Ident, Item, Type, parse_quote};

use crate::block::Block;
use crate::errors::{Errors, spelled};
use crate::model::{Constructor, Form, Function, Method, Object, Verdict, mentions, peel};

/// Applies every rule to the object.
pub(crate) fn check(object: &mut Object, errors: &mut Errors) {
    object.form = check_form(object, errors);
    let block_on = object.options.block_on.is_some();
    for constructor in &mut object.constructors {
        check_constructor(constructor, block_on, errors);
    }
    for method in &mut object.methods {
        check_function(&mut method.function, block_on, errors);
        check_method(method, errors);
    }
    if object.form != Form::Nothing {
        names::check_names(object, errors);
        carry::check_block(object, errors);
        defaults::check_defaults(object, errors);
        views::check_views(object, errors);
        left_out::leave_out(object, errors);
        parts::check_parts(object, errors);
        handles::check_handles(object, errors);
        if !object.is_of_another() {
            check_constructors(object, errors);
            snapshots::check_snapshots(object, errors);
        }
        check_methods(object, errors);
    }
    if matches!(object.form, Form::Stub | Form::Apart) {
        refuse_all(object);
    }
}

fn check_form(object: &Object, errors: &mut Errors) -> Form {
    if !refuses_nothing(errors, |errors| check_self_type(&object.item.self_ty, errors)) {
        return Form::Nothing;
    }
    let sound = refuses_nothing(errors, |errors| {
        check_negative_impl(&object.item, errors);
        views::check_lifetimes(object, errors);
        generics::check_chosen(object, errors);
        generics::check_open(object, errors);
    });
    if sound { Form::Whole } else { Form::Stub }
}

fn check_constructor(constructor: &mut Constructor, block_on: bool, errors: &mut Errors) {
    let function = &mut constructor.function;
    check_function(function, block_on, errors);
    signature::check_constructor_options(function, errors);
    carry::check_constructor(function, errors);
    refuse_unless(function, errors, |function, errors| {
        errors.of_function(&function.sig.ident, |errors| {
            function.arguments.iter().for_each(|argument| types::check_constructor_argument(argument, errors));
        });
    });
}

fn check_method(method: &mut Method, errors: &mut Errors) {
    let receiver = refuses_nothing(errors, |errors| {
        errors.of_function(&method.function.sig.ident, |errors| signature::check_receiver(method, errors));
    });
    let result = refuses_nothing(errors, |errors| {
        errors.of_function(&method.function.sig.ident, |errors| results::check_result(method, errors));
    });
    let options = refuses_nothing(errors, |errors| {
        signature::check_method_options(method, errors);
        carry::check_text(method, errors);
    });
    if !receiver || !result || !options {
        method.function.verdict = Verdict::Refused;
    }
    let open = method.function.type_parameters().filter(|name| method.function.chosen_for(name).is_none());
    let unresolved: Vec<_> = open.cloned().chain([Ident::new("Self", Span::call_site())]).collect();
    if !result || mentions(&method.returned.owned, &unresolved) {
        method.returned.owned = parse_quote!(());
    }
}

/// Whether `rules` found no violation.
fn refuses_nothing(errors: &mut Errors, rules: impl FnOnce(&mut Errors)) -> bool {
    let before = errors.count();
    rules(errors);
    errors.count() == before
}

fn refuse_unless(function: &mut Function, errors: &mut Errors, rules: impl FnOnce(&Function, &mut Errors)) {
    if !refuses_nothing(errors, |errors| rules(function, errors)) {
        function.verdict = Verdict::Refused;
    }
}

/// Rejects all functions of a rejected object, so that the output only has stubs for them.
fn refuse_all(object: &mut Object) {
    let constructors = object.constructors.iter_mut().map(|constructor| &mut constructor.function);
    let methods = object.methods.iter_mut().map(|method| &mut method.function);
    for function in constructors.chain(methods).filter(|function| function.verdict == Verdict::Sound) {
        function.verdict = Verdict::Refused;
    }
    // The compiler would report the lifetime, which is missing in the output enum only.
    let parameters = object.parameters();
    for method in object.methods.iter_mut().filter(|method| !method.function.is_conditional) {
        if mentions(&method.returned.owned, &parameters) && method.may_hide_lifetime() {
            method.returned.owned = parse_quote!(());
        }
    }
}

fn check_function(function: &mut Function, block_on: bool, errors: &mut Errors) {
    refuse_unless(function, errors, |function, errors| {
        signature::check_chosen_types(function, errors);
        carry::check_function(function, errors);
        errors.of_function(&function.sig.ident, |errors| check_parts(function, block_on, errors));
    });
}

/// Applies the rules to the parts of a signature, apart from the result.
fn check_parts(function: &Function, block_on: bool, errors: &mut Errors) {
    signature::check_signature(function, block_on, errors);
    let of_impl = undecided::check_undecided(function, errors);
    for argument in &function.arguments {
        let is_named = function.undecided(&argument.name).is_some();
        types::check_argument(argument, if is_named { &of_impl } else { types::IMPL_ARGUMENT }, errors);
    }
    let is_judged = |name: &Ident| function.impl_arguments().any(|argument| argument.name == *name);
    let chosen = function.with.iter().filter(|chosen| !is_judged(&chosen.parameter));
    chosen.for_each(|chosen| types::check_chosen(chosen, errors));
}

/// Reports an attribute on an item that is not an impl block.
pub(crate) fn check_impl_block(item: syn::Result<Item>, errors: &mut Errors) {
    let message = "`#[concurrent_object]` goes on an impl block: the one with the type's constructors and methods";
    match item {
        Ok(Item::Struct(item)) => errors.at(item.ident, message),
        Ok(Item::Enum(item)) => errors.at(item.ident, message),
        Ok(Item::Union(item)) => errors.at(item.ident, message),
        Ok(Item::Trait(item)) => {
            errors.at(
                &item.ident,
                format!(
                    "{message}. For the methods of a trait, put it on `impl {} for Type`, and declare a constructor with \
                     `constructor = fn …`",
                    item.ident
                ),
            );
        }
        Ok(Item::Fn(item)) => errors.at(item.sig.ident, message),
        Ok(Item::Mod(item)) => errors.at(item.ident, message),
        Ok(other) => errors.at(other, message),
        Err(error) => errors.push(error),
    }
}

/// `impl !Trait for Type` has no functions.
fn check_negative_impl(item: &Block, errors: &mut Errors) {
    if let Some(negative) = &item.modifiers.polarity {
        errors.at(
            negative,
            "a negative impl has no functions to call; put the attribute on the impl block that has them",
        );
    }
}

fn check_self_type(ty: &Type, errors: &mut Errors) {
    if !matches!(peel(ty), Type::Path(path) if path.qself.is_none()) {
        errors.at(ty, "the object's type must have a name; put the attribute on `impl Name { .. }`");
    }
}

fn check_constructors(object: &mut Object, errors: &mut Errors) {
    if !object.constructors.is_empty() || object.options.constructor_is_missing {
        return;
    }
    match object.private_constructor.take() {
        Some(mut private) => {
            let name = &private.function.sig.ident;
            errors.at(
                name,
                format!(
                    "the impl block has no visible constructor: `{name}` is private; make it `pub` or `pub(crate)`"
                ),
            );
            private.function.verdict = Verdict::Refused;
            object.constructors.push(private);
        }
        None if !object.near_constructors.is_empty() => {
            for (name, ty) in &object.near_constructors {
                let ty = spelled(ty);
                errors.at(
                    name,
                    format!(
                        "the impl block has no constructor: the child cannot take its object out of the `{ty}` that \
                         `{name}` returns; add a function that returns `Self`, `Result<Self, E>` or `Option<Self>`"
                    ),
                );
            }
        }
        None => {
            errors.at(
                &object.item.self_ty,
                "the impl block has no constructor; add a function such as `pub fn new() -> Self`, which may also return \
                 `Result<Self, E>` or `Option<Self>`, or declare one that is defined elsewhere: \
                 `#[concurrent_object(constructor = fn new() -> Self)]`. If another block of this type has the attribute, \
                 write `#[concurrent_object(part = name)]` here and `parts(name)` there",
            );
            if object.form == Form::Whole {
                object.form = Form::Apart;
            }
        }
    }
}

fn check_methods(object: &Object, errors: &mut Errors) {
    if object.methods.is_empty() && !object.item.has_unread() {
        errors.at(
            &object.item.self_ty,
            "the impl block has no visible method; make a method with `&self` or `&mut self` `pub` or `pub(crate)`",
        );
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::block::Block;
    use crate::errors::Errors;
    use crate::model::Object;
    use crate::options::ObjectOptions;

    /// Returns the messages for an impl block.
    ///
    /// It is for blocks that no stable compiler accepts, so that no compile test can show the
    /// messages.
    fn messages(block: proc_macro2::TokenStream) -> Vec<String> {
        let mut errors = Errors::default();
        let block = Block::parse(block, &mut errors).unwrap_or_else(|_| panic!("an impl block"));
        let mut object = Object::read(block, ObjectOptions::default(), &mut errors);
        super::check(&mut object, &mut errors);
        errors.messages()
    }

    #[test]
    fn negative_impls_and_variadic_functions_are_refused() {
        let negative = messages(quote!(impl !Send for Thing {}));
        assert!(negative[0].starts_with("a negative impl has no functions"), "{negative:?}");
        let variadic = messages(quote!(
            impl Thing {
                pub fn new() -> Self {}
                pub fn print(&self, format: &CStr, more: ...) {}
            }
        ));
        let message = "variadic arguments cannot be sent to another process; take a slice or a `Vec`; ";
        assert!(variadic.len() == 1 && variadic[0].starts_with(message), "{variadic:?}");
    }

    #[test]
    fn a_sound_block_is_not_refused() {
        let block = quote!(
            impl<T> Thing<T> {
                pub fn new(of: T) -> Self {}
                pub fn get(&self) -> &T {}
            }
        );
        assert_eq!(messages(block), [""; 0]);
    }
}
