//! Decides the type of each parameter, and puts it into the types of the arguments.

use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, Ident, Type};

use super::bound::wanted;
use super::fit::Fit;
use super::parameters::{Kind, Open, Parameter, is_named};
use super::places::place_of;
use crate::model::argument::Preparation;
use crate::model::generics::mentions;
use crate::model::lifetimes::elide_lifetimes;
use crate::model::types::{is_open, peel};
use crate::options::Chosen;

/// Returns the type for a parameter. `None` if the user has to choose it.
pub(super) fn decide(open: &Open, name: &Ident) -> Option<Fit> {
    Decider { open, deciding: Vec::new() }.decide(name)
}

/// Returns the type of an argument on the proxy, and how the child changes it.
///
/// A type that is not decided stays as the user wrote it: `original`. `ty` is the same type with a
/// name in place of each `impl Trait`.
pub(super) fn fitted_argument(open: &Open, original: &Type, ty: &Type) -> (Type, Preparation) {
    let referred = match peel(ty) {
        Type::Reference(reference) => &*reference.elem,
        _ => ty,
    };
    let fit = open.named_by(referred).and_then(|parameter| decide(open, &parameter.name));
    if let Some(fit) = fit.filter(|fit| fit.preparation != Preparation::None) {
        return (fit.sent, fit.preparation);
    }
    let settled = is_open(original).then(|| Decider { open, deciding: Vec::new() }.settle(ty)).flatten();
    (settled.unwrap_or_else(|| original.clone()), Preparation::None)
}

/// Replaces the parameters in a type that the user chose: `Vec<S>` -> `Vec<u8>`
pub(super) fn completed(open: &Open, mut chosen: Chosen) -> Chosen {
    if let GenericArgument::Type(ty) = &mut chosen.argument
        && let Some(settled) = (Decider { open, deciding: Vec::new() }).settle(ty)
    {
        *ty = settled;
    }
    chosen
}

/// Returns the nameless parameters in a type that are not decided.
pub(super) fn undecided_in<'o>(open: &'o Open, ty: &Type) -> impl Iterator<Item = &'o Parameter> {
    let names = move |parameter: &&Parameter| mentions(ty, std::slice::from_ref(&parameter.name));
    let nameless = open.parameters.iter().filter(|parameter| parameter.kind == Kind::Nameless).filter(names);
    nameless.filter(|parameter| decide(open, &parameter.name).is_none())
}

struct Decider<'a> {
    open: &'a Open,
    /// The parameters whose types depend on the one that is decided now.
    deciding: Vec<Ident>,
}

impl Decider<'_> {
    fn decide(&mut self, name: &Ident) -> Option<Fit> {
        let parameter = self.open.parameters.iter().find(|parameter| parameter.name == *name)?;
        let is_open = parameter.kind == Kind::Nameless || self.open.is_free(name);
        if self.deciding.contains(name) || !is_open {
            return None;
        }
        let mut wanted = wanted(parameter.known.clone(), &parameter.bounds)?;
        self.deciding.push(name.clone());
        let form = wanted.form.with_types(|ty| self.settle(ty));
        self.deciding.pop();
        wanted.form = form?;
        Fit::of(&wanted, place_of(self.open, name), self.open.writes_back)
    }

    /// Replaces the parameters in a type. `None` if one of them is not decided.
    fn settle(&mut self, ty: &Type) -> Option<Type> {
        let mut settler = Settler { decider: self, is_settled: true };
        let mut ty = ty.clone();
        settler.visit_type_mut(&mut ty);
        let is_settled = settler.is_settled;
        elide_lifetimes(&mut ty);
        is_settled.then_some(ty)
    }
}

/// Replaces parameters with the types that are chosen for them.
struct Settler<'d, 'a> {
    decider: &'d mut Decider<'a>,
    is_settled: bool,
}

impl VisitMut for Settler<'_, '_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let open = self.decider.open;
        if let Some(parameter) = open.named_by(ty) {
            match self.decider.decide(&parameter.name) {
                Some(fit) if fit.preparation == Preparation::None => *ty = fit.called,
                _ => self.is_settled = false,
            }
        } else if let Some(GenericArgument::Type(chosen)) = chosen_for(&open.with, ty) {
            *ty = chosen.clone();
        } else {
            self.is_settled &= !matches!(ty, Type::ImplTrait(_));
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

fn chosen_for<'c>(with: &'c [Chosen], ty: &Type) -> Option<&'c GenericArgument> {
    with.iter().find(|chosen| is_named(ty, &chosen.parameter)).map(|chosen| &chosen.argument)
}
