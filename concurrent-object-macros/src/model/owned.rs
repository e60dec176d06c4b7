//! The owned form of a result that borrows from the object.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Lifetime, Type, parse_quote_spanned};

use super::types::{as_reference, is_opaque_handle, is_text, last_name, peel};

/// Replaces a type with its owned form, also inside other types.
///
/// `&str` -> `String`, `&[T]` -> `Vec<T>`, `&T` -> `T`, `Cow<'_, T>` -> `Cow<'static, T>`. A type
/// counts as sized, unless it has the name of a well-known unsized type.
pub(crate) fn make_owned(ty: &mut Type) {
    Owner.visit_type_mut(ty);
}

struct Owner;

impl VisitMut for Owner {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Some(inner) = as_reference(ty) {
            *ty = self.owned_form(inner, ty.span());
        } else if !is_opaque_handle(ty) {
            visit_mut::visit_type_mut(self, ty);
        }
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'static", Span::call_site());
    }
}

impl Owner {
    /// Returns the owned form of `&ty`, with the span of the reference.
    fn owned_form(&mut self, ty: &Type, span: Span) -> Type {
        let mut inner = peel(ty).clone();
        match &mut inner {
            Type::Slice(slice) => {
                self.visit_type_mut(&mut slice.elem);
                let element = &slice.elem;
                parse_quote_spanned!(span=> ::std::vec::Vec<#element>)
            }
            Type::Path(path) if path.path.is_ident("str") => parse_quote_spanned!(span=> ::std::string::String),
            other if is_unsized(other) => parse_quote_spanned!(span=> <#other as ::std::borrow::ToOwned>::Owned),
            other => {
                self.visit_type_mut(other);
                inner
            }
        }
    }
}

/// Whether it has the name of a well-known unsized type.
fn is_unsized(ty: &Type) -> bool {
    is_text(ty) || last_name(ty).is_some_and(|name| name == "Utf8Path" || name == "BStr")
}
