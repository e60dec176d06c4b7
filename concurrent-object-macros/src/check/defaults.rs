//! The rules for options on the impl block that hold for its functions.

use syn::visit::{self, Visit};
use syn::{ReturnType, Type};

use crate::block::Member;
use crate::errors::{Errors, spelled};
use crate::model::{Object, contains_mutable_reference, same};
use crate::options::ResultForm;

/// Reports options for methods that the block does not have.
pub(super) fn check_defaults(object: &Object, errors: &mut Errors) {
    let results = || object.item.items.iter().filter_map(result_of);
    let forms = object.options.results.iter().filter_map(|named| match &named.form {
        ResultForm::As(ty) => Some(&**ty),
        ResultForm::Text(_) => None,
    });
    if let Some(option) = &object.options.copy
        && !results().chain(forms).any(contains_mutable_reference)
    {
        errors.at(option, "no method of this block returns `&mut`, so there is nothing to copy; remove the option");
    }
    for named in &object.options.results {
        if !results().any(|ty| contains(ty, &named.ty)) {
            let ty = spelled(&named.ty);
            errors.at(
                &named.ty,
                format!("no method of this block returns `{ty}`; write the type as the method does, or remove it"),
            );
        }
    }
}

fn result_of(item: &Member) -> Option<&Type> {
    let Member::Fn(item) = item else { return None };
    match &item.sig.output {
        ReturnType::Type(_, ty) => Some(ty),
        ReturnType::Default => None,
    }
}

fn contains(ty: &Type, sought: &Type) -> bool {
    struct Finder<'t>(&'t Type, bool);
    impl Visit<'_> for Finder<'_> {
        fn visit_type(&mut self, ty: &Type) {
            self.1 |= same(ty, self.0);
            visit::visit_type(self, ty);
        }
    }
    let mut finder = Finder(sought, false);
    finder.visit_type(ty);
    finder.1
}
