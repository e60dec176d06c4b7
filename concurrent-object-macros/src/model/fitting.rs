//! Chooses types for the type parameters of a function whose bounds decide them, as if the user had
//! written them in `with(…)`.
//!
//! `impl Trait` arguments count as parameters without a name, and so do `&dyn Trait`. A choice of
//! the user always wins. A parameter that the result names, or that a bound on another type names,
//! is left to the user.

mod bound;
mod decision;
mod example;
mod fit;
mod function_pointer;
mod parameters;
mod places;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{FnArg, GenericArgument, Ident, Signature, Type, TypeParam, WherePredicate};

use self::decision::{completed, decide, fitted_argument, undecided_in};
use self::fit::Fit;
use self::parameters::{Kind, Open, is_named};
use super::argument::{Preparation, pattern_name};
use super::types::{contains_impl, is_open, without_std};
use crate::options::Chosen;
use crate::printed::printed;

/// A signature in which types stand for the parameters that were decided.
pub(super) struct Fitting {
    /// The signature, with the types of the arguments on the proxy.
    pub(super) sig: Signature,
    /// The choices of the user, and then those of the macro.
    pub(super) with: Vec<Chosen>,
    /// How the child changes each argument. The receiver is not counted.
    pub(super) preparations: Vec<Preparation>,
    /// The parameters that the macro decided.
    pub(super) decided: Vec<Ident>,
    pub(super) notes: Vec<Note>,
    /// The parameters for which the user has to choose a type.
    pub(super) undecided: Vec<Undecided>,
}

/// A parameter for which the user has to choose a type.
#[derive(Clone)]
pub(crate) struct Undecided {
    /// Its name, or the name of the argument that has `impl Trait`.
    pub(crate) name: Option<Ident>,
    /// Its bounds, as text: `Shape`
    pub(crate) bounds: String,
    /// A type that has the bounds, if one is known.
    pub(crate) example: Option<String>,
}

/// A choice of the macro, for the documentation.
#[derive(Clone)]
pub(crate) struct Note {
    /// `&Path`
    pub(crate) taken: String,
    /// `impl AsRef<Path>`
    pub(crate) written: String,
}

impl Note {
    fn new(taken: &Type, written: TokenStream) -> Self {
        Self { taken: printed(without_std(taken).into_token_stream()), written: printed(written) }
    }
}

impl Fitting {
    /// Chooses types for a function. `writes_back` tells whether it may have `&mut` arguments.
    pub(super) fn of(sig: &Signature, with: Vec<Chosen>, writes_back: bool) -> Self {
        let open = Open::read(sig, &with, writes_back);
        let mut fitting = Self {
            sig: sig.clone(),
            with: with.into_iter().map(|chosen| completed(&open, chosen)).collect(),
            preparations: Vec::new(),
            decided: Vec::new(),
            notes: Vec::new(),
            undecided: Vec::new(),
        };
        fitting.fit_arguments(&open);
        for parameter in open.parameters.iter().filter(|parameter| parameter.kind == Kind::Named) {
            match decide(&open, &parameter.name) {
                Some(fit) => fitting.choose(&parameter.name, fit),
                None => fitting.undecided.push(open.undecided(parameter, Some(&parameter.name))),
            }
        }
        fitting
    }

    fn fit_arguments(&mut self, open: &Open) {
        let arguments = self.sig.inputs.iter_mut().filter_map(|input| match input {
            FnArg::Typed(argument) => Some(argument),
            FnArg::Receiver(_) => None,
        });
        for (argument, ty) in arguments.zip(&open.arguments) {
            let original = &argument.ty;
            let (fitted, preparation) = fitted_argument(open, original, ty);
            if is_open(original) && !is_open(&fitted) {
                self.notes.push(Note::new(&fitted, original.to_token_stream()));
            }
            if contains_impl(&fitted) {
                let name = pattern_name(&argument.pat);
                self.undecided.extend(undecided_in(open, ty).map(|parameter| open.undecided(parameter, name.as_ref())));
            }
            *argument.ty = fitted;
            self.preparations.push(preparation);
        }
    }

    fn choose(&mut self, name: &Ident, fit: Fit) {
        let parameter = self.sig.generics.type_params().find(|parameter| parameter.ident == *name);
        let written = parameter.map(|parameter| written(&self.sig, parameter)).unwrap_or_default();
        self.notes.push(Note::new(&fit.sent, written));
        self.decided.push(name.clone());
        self.with.push(Chosen { parameter: name.clone(), argument: GenericArgument::Type(fit.called) });
    }
}

/// `P: AsRef<Path>`, also if it is written in the where clause
fn written(sig: &Signature, parameter: &TypeParam) -> TokenStream {
    let name = &parameter.ident;
    let clause = sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let outside = clause.filter(|one| matches!(one, WherePredicate::Type(one) if is_named(&one.bounded_ty, name)));
    if parameter.bounds.is_empty() {
        let outside = outside.map(ToTokens::to_token_stream);
        return outside.reduce(|a, b| quote!(#a, #b)).unwrap_or_else(|| quote!(#name));
    }
    let bounds = &parameter.bounds;
    quote!(#name: #bounds)
}
