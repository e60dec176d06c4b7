//! Options on the impl block that hold for its functions: said once, in place of once on each.
//!
//! An option on the function itself always wins.

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Ident, ReturnType, Signature, Type};

use super::generics::parameters;
use super::types::{contains_mutable_reference, same};
use crate::block::Block;
use crate::options::{Chosen, FunctionOptions, NamedResult, ObjectOptions, ResultForm};

/// The options of one impl block for its functions.
#[derive(Clone, Default)]
pub(super) struct Defaults {
    with: Vec<Chosen>,
    copies: bool,
    results: Vec<NamedResult>,
}

impl Defaults {
    pub(super) fn of(item: &Block, options: &ObjectOptions) -> Self {
        let own = parameters(&item.generics);
        let with = options.with.iter().filter(|chosen| !own.contains(&chosen.parameter)).cloned();
        Self { with: with.collect(), copies: options.copy.is_some(), results: options.results.clone() }
    }

    /// Completes the options of a method, and puts the type that it stands for in place of its
    /// result.
    pub(super) fn complete(&self, options: &mut FunctionOptions, sig: &mut Signature) {
        if sig.receiver().is_none() {
            return;
        }
        let ReturnType::Type(_, output) = &mut sig.output else { return };
        match options.result.as_ref().or_else(|| self.result_of(output)) {
            Some(ResultForm::As(ty)) => **output = (**ty).clone(),
            Some(ResultForm::Text(text)) => options.result = Some(ResultForm::Text(text.clone())),
            None => Replacer(&self.results).visit_type_mut(output),
        }
        if self.copies && contains_mutable_reference(output) {
            options.copy.get_or_insert_with(|| Ident::new("copy", Span::call_site()));
        }
    }

    fn result_of(&self, ty: &Type) -> Option<&ResultForm> {
        self.results.iter().find(|named| same(&named.ty, ty)).map(|named| &named.form)
    }

    /// Returns the choices for parameters of a function that are not decided otherwise.
    pub(super) fn chosen_for<'d>(&'d self, sig: &Signature, undecided: &[&Ident]) -> impl Iterator<Item = &'d Chosen> {
        let is_open = |name: &Ident| {
            let mut constants = sig.generics.params.iter().filter_map(|parameter| match parameter {
                GenericParam::Const(parameter) => Some(&parameter.ident),
                _ => None,
            });
            undecided.contains(&name) || constants.any(|constant| constant == name)
        };
        let chosen: Vec<_> = self.with.iter().filter(|chosen| is_open(&chosen.parameter)).collect();
        chosen.into_iter()
    }
}

/// Replaces the types inside a result.
struct Replacer<'d>(&'d [NamedResult]);

impl VisitMut for Replacer<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match self.0.iter().find(|named| same(&named.ty, ty)).map(|named| &named.form) {
            Some(ResultForm::As(form)) => *ty = (**form).clone(),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }
}
