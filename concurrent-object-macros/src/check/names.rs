//! The rules for names: two functions cannot have the same name on the proxy, in the output enum or
//! on the builder.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use quote::format_ident;
use syn::visit::{self, Visit};
use syn::{Ident, Signature, TypePath};

use crate::errors::Errors;
use crate::model::{Function, Method, Object, Verdict};
use crate::names::{self, RESERVED, RESERVED_ON_HANDLES};

/// Applies the rules to all functions of the object.
pub(super) fn check_names(object: &mut Object, errors: &mut Errors) {
    check_reserved_names(object, errors);
    let mut clashes = check_method_names(&object.methods, errors);
    let pushed = object.methods.iter().filter(|method| method.is_pushed()).map(|method| &method.function);
    clashes.extend(check_variant_names(pushed.filter(|method| !clashes.contains(&method.index)), errors));
    for method in object.methods.iter_mut().filter(|method| clashes.contains(&method.function.index)) {
        method.function.verdict = Verdict::Nameless;
    }
    check_start_names(object, errors);
    check_type_names(object, errors);
}

/// Reports a type in a signature that has the name of a generated type.
///
/// The generated type then gets another name, so that the compiler reports no further errors.
fn check_type_names(object: &mut Object, errors: &mut Errors) {
    let generated = [(object.proxy(), "proxy"), (object.output(), "output"), (object.builder(), "builder")];
    for (name, option) in generated {
        let used = object.functions().find_map(|function| first_use(&function.sig, &name));
        if let Some(used) = used {
            errors.at(
                used,
                format!(
                    "`{name}` is also the name of the generated {option}; choose another name for it with \
                     `#[concurrent_object({option} = …)]` on the impl block"
                ),
            );
            let other = format_ident!("{name}_");
            let options = &mut object.options;
            match option {
                "proxy" => options.proxy = Some(other),
                "output" => options.output = Some(other),
                _ => options.builder = Some(other),
            }
        }
    }
}

/// Returns the first type in the signature that consists of the name alone.
fn first_use(sig: &Signature, name: &Ident) -> Option<Ident> {
    struct Finder<'a>(&'a Ident, Option<Ident>);
    impl Visit<'_> for Finder<'_> {
        fn visit_type_path(&mut self, ty: &TypePath) {
            if ty.qself.is_none() && ty.path.is_ident(self.0) {
                let found = ty.path.segments.first().map(|segment| segment.ident.clone());
                self.1 = self.1.take().or(found);
            }
            visit::visit_type_path(self, ty);
        }
    }
    let mut finder = Finder(name, None);
    finder.visit_signature(sig);
    finder.1
}

pub(super) const REMEDY: &str = "rename it, or write `#[concurrent_object(rename = …)]` on it";

/// Reports a method such as `status`, which is also a function of every proxy.
fn check_reserved_names(object: &mut Object, errors: &mut Errors) {
    let (of, reserved): (_, &[&str]) =
        if object.is_handle() { ("handle", &RESERVED_ON_HANDLES) } else { ("proxy", &RESERVED) };
    for method in &mut object.methods {
        let (own, name) = (&method.function.sig.ident, method.function.name());
        if reserved.iter().any(|reserved| name == reserved) {
            let message = format!("the method `{name}` would hide the {of}'s own `{name}`; {REMEDY}");
            errors.at_function(own, name, message);
            method.function.verdict = Verdict::Nameless;
        }
    }
}

/// Reports methods with the same name, and a `push_detect` beside a `detect`, whose push form has
/// that name.
///
/// Returns the numbers of the methods for which nothing is generated.
fn check_method_names(methods: &[Method], errors: &mut Errors) -> Vec<u32> {
    let named = methods.iter().filter(|method| method.function.verdict != Verdict::Nameless);
    let mut taken: HashMap<String, &Function> = HashMap::new();
    let mut clashes = Vec::new();
    for method in named.clone().map(|method| &method.function) {
        match taken.entry(names::call(method.name()).to_string()) {
            Entry::Vacant(free) => drop(free.insert(method)),
            Entry::Occupied(other) if are_alternatives(method, other.get()) => {}
            Entry::Occupied(other) => {
                let (name, other) = (method.name(), other.get());
                let message = match method.sig.ident == other.sig.ident {
                    true => format!(
                        "`{name}` has several choices of types, each of which needs a name of its own on the proxy: \
                         `with(…, rename = …)`"
                    ),
                    false => {
                        format!(
                            "`{}` would have the name of `{}` on the proxy; {REMEDY}",
                            method.sig.ident, other.sig.ident
                        )
                    }
                };
                errors.at_function(&method.sig.ident, name, message);
                clashes.push(method.index);
            }
        }
    }
    for method in named.filter(|method| method.is_pushed()).map(|method| &method.function) {
        let push = names::push(method.name()).to_string();
        if let Some(other) = taken.get(&push) {
            let (name, origin) = (other.name(), method.name());
            let message = format!("the method `{name}` has the name of the push form of `{origin}`; {REMEDY}");
            errors.at_function(&other.sig.ident, name, message);
            clashes.push(other.index);
        }
    }
    clashes
}

/// Reports `get_x` beside `getX`: both would have the output variant `GetX`.
///
/// Returns the numbers of the methods for which nothing is generated.
fn check_variant_names<'a>(methods: impl Iterator<Item = &'a Function>, errors: &mut Errors) -> Vec<u32> {
    let mut taken: HashMap<Ident, &Function> = HashMap::new();
    let mut clashes = Vec::new();
    for method in methods.filter(|method| method.verdict != Verdict::Nameless) {
        let variant = names::variant(method.name());
        match taken.get(&variant) {
            Some(other) if !are_alternatives(method, other) => {
                let (name, origin) = (method.name(), other.name());
                errors.at_function(
                    &method.sig.ident,
                    name,
                    format!(
                        "the method `{name}` would have the output variant `{variant}`, which is the one of `{origin}`; {REMEDY}"
                    ),
                );
                clashes.push(method.index);
            }
            _ => drop(taken.insert(variant, method)),
        }
    }
    clashes
}

/// Reports two constructors with the same name on the builder. Only `rename` can cause this.
fn check_start_names(object: &mut Object, errors: &mut Errors) {
    let mut taken: Vec<(Ident, usize, Ident)> = Vec::new();
    for constructor in &mut object.constructors {
        let function = &mut constructor.function;
        let (name, choice, start) = (&function.sig.ident, function.choice, names::start(function.name()));
        let is_other = |other: &Ident, other_choice| other != name || other_choice != choice;
        match taken.iter().find(|(other, at, other_start)| *other_start == start && is_other(other, *at)) {
            Some((other, ..)) => {
                let message = format!("`{name}` would have the name of `{other}` on the builder, `{start}`; {REMEDY}");
                errors.at_function(name, function.name(), message);
                function.verdict = Verdict::Nameless;
            }
            None => taken.push((name.clone(), choice, start)),
        }
    }
}

/// Whether `a` and `b` are the same function, written twice under different `cfg`s.
fn are_alternatives(a: &Function, b: &Function) -> bool {
    a.sig.ident == b.sig.ident && a.choice == b.choice
}
