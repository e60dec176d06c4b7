//! Where the arguments of a function use a type parameter.

use syn::visit::{self, Visit};
use syn::{Ident, Type};

use super::bound::{Form, wanted};
use super::fit::Place;
use super::parameters::{Open, Parameter, is_named, part_of};
use crate::model::types::{as_option, as_vec, peel};

/// Returns where the arguments use a parameter.
pub(super) fn place_of(open: &Open, name: &Ident) -> Place {
    let mut places = Places { open, name, found: Vec::new(), seen: Vec::new() };
    open.arguments.iter().for_each(|ty| places.look_into(ty, Place::Whole));
    let found = places.found;
    let Some(first) = found.first() else { return Place::Nowhere };
    let widest = found.iter().max().copied().unwrap_or(Place::Nowhere);
    match widest {
        _ if found.iter().all(|place| place == first) => *first,
        Place::Nowhere | Place::Mutable => Place::Nowhere,
        Place::Shared => Place::Inside,
        other => other,
    }
}

/// Finds the places of a parameter.
struct Places<'a> {
    open: &'a Open,
    name: &'a Ident,
    found: Vec<Place>,
    /// The parameters into whose bounds it looked.
    seen: Vec<&'a Ident>,
}

impl<'a> Places<'a> {
    fn look_into(&mut self, ty: &Type, place: Place) {
        let ty = peel(ty);
        if is_named(ty, self.name) {
            self.found.push(place);
        } else if let Some(parameter) = self.open.named_by(ty) {
            self.look_into_bounds(parameter);
        } else if part_of(ty, self.name).is_some() {
            self.found.push(Place::Nowhere);
        } else {
            self.look_deeper(ty, place);
        }
    }

    fn look_deeper(&mut self, ty: &Type, place: Place) {
        let is_outside = matches!(place, Place::Whole | Place::Optional);
        if let Type::Reference(reference) = ty {
            let inner = match (peel(&reference.elem), reference.mutability) {
                (Type::Slice(slice), None) if is_outside => return self.look_into(&slice.elem, Place::Listed),
                (Type::Path(_), Some(_)) if place == Place::Whole => Place::Mutable,
                (_, Some(_)) => Place::Nowhere,
                (Type::Path(_), None) if place == Place::Whole => Place::Shared,
                _ => Place::Inside,
            };
            let is_direct = self.open.named_by(&reference.elem).is_some();
            let inner = if is_direct || inner == Place::Nowhere { inner } else { Place::Inside };
            return self.look_into(&reference.elem, inner);
        }
        match (as_option(ty), as_vec(ty)) {
            (Some(inner), _) if place == Place::Whole => self.look_into(inner, Place::Optional),
            (_, Some(element)) if is_outside => self.look_into(element, Place::Listed),
            _ => visit::visit_type(&mut Parts(self, if place == Place::Nowhere { place } else { Place::Inside }), ty),
        }
    }

    /// `P` of `I: IntoIterator<Item = P>`
    fn look_into_bounds(&mut self, parameter: &'a Parameter) {
        if self.seen.contains(&&parameter.name) {
            return;
        }
        self.seen.push(&parameter.name);
        if let Some(wanted) = wanted(parameter.known.clone(), &parameter.bounds) {
            match &wanted.form {
                Form::List { item: Some(ty), .. } | Form::Slice(ty) => self.look_into(ty, Place::Listed),
                Form::Value(ty) => self.look_into(ty, Place::Inside),
                _ => {}
            }
        }
    }
}

/// Visits the parts of a type.
struct Parts<'p, 'a>(&'p mut Places<'a>, Place);

impl Visit<'_> for Parts<'_, '_> {
    fn visit_type(&mut self, ty: &Type) {
        self.0.look_into(ty, self.1);
    }
}
