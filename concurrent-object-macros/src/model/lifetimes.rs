//! Finds and replaces lifetimes in types.

use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, Ident, Lifetime, Path, PathArguments, PathSegment, Type, TypeReference, WherePredicate,
    parse_quote,
};

/// Whether the type borrows: it contains a reference, or a lifetime other than `'static`.
pub(crate) fn contains_lifetime(ty: &Type) -> bool {
    struct Finder(bool);
    impl Visit<'_> for Finder {
        fn visit_type_reference(&mut self, _: &TypeReference) {
            self.0 = true;
        }
        fn visit_lifetime(&mut self, lifetime: &Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// Whether the type contains this lifetime.
pub(crate) fn contains_this_lifetime(ty: &Type, lifetime: &Lifetime) -> bool {
    struct Finder<'a>(&'a Lifetime, bool);
    impl Visit<'_> for Finder<'_> {
        fn visit_lifetime(&mut self, lifetime: &Lifetime) {
            self.1 |= lifetime == self.0;
        }
    }
    let mut finder = Finder(lifetime, false);
    finder.visit_type(ty);
    finder.1
}

/// Whether the predicate contains a lifetime other than `'static`.
pub(crate) fn contains_named_lifetime(predicate: &WherePredicate) -> bool {
    struct Finder(bool);
    impl Visit<'_> for Finder {
        fn visit_lifetime(&mut self, lifetime: &Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
    }
    let mut finder = Finder(false);
    finder.visit_where_predicate(predicate);
    finder.0
}

/// Removes the names of all lifetimes except `'static`: `&'a Cow<'b, str>` -> `&Cow<'_, str>`.
///
/// A `Cow` without a lifetime gets one.
pub(crate) fn elide_lifetimes(ty: &mut Type) {
    struct Elider;
    impl VisitMut for Elider {
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident != "static") {
                reference.lifetime = None;
            }
            visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_path_segment_mut(&mut self, segment: &mut PathSegment) {
            show_lifetime(segment);
            visit_mut::visit_path_segment_mut(self, segment);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                lifetime.ident = Ident::new("_", lifetime.ident.span());
            }
        }
    }
    /// `Cow<str>` -> `Cow<'_, str>`
    fn show_lifetime(segment: &mut PathSegment) {
        let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { return };
        let has_lifetime = arguments.args.iter().any(|argument| matches!(argument, GenericArgument::Lifetime(_)));
        if segment.ident == "Cow" && !has_lifetime {
            arguments.args.insert(0, parse_quote!('_));
        }
    }
    Elider.visit_type_mut(ty);
}

/// `Parse<'_>` of `impl<'a> Parse<'a> for Parser`
pub(crate) fn without_names(path: &Path) -> Path {
    let mut ty = Type::Path(parse_quote!(#path));
    elide_lifetimes(&mut ty);
    match ty {
        Type::Path(ty) => ty.path,
        _ => path.clone(),
    }
}

/// Names all elided lifetimes: `&Cow<'_, str>` -> `&'m Cow<'m, str>`.
pub(crate) fn name_lifetimes(ty: &Type, name: &Lifetime) -> Type {
    struct Namer<'a>(&'a Lifetime);
    impl VisitMut for Namer<'_> {
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            reference.lifetime.get_or_insert_with(|| self.0.clone());
            visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident == "_" {
                *lifetime = self.0.clone();
            }
        }
    }
    let mut ty = ty.clone();
    Namer(name).visit_type_mut(&mut ty);
    ty
}

/// Replaces all lifetimes with `'static`.
///
/// `impl<'a> View<'a>` is rejected, but its stub needs a type.
pub(super) fn without_lifetimes(ty: &Type) -> Type {
    struct LifetimeReplacer;
    impl VisitMut for LifetimeReplacer {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
    }
    let mut ty = ty.clone();
    LifetimeReplacer.visit_type_mut(&mut ty);
    ty
}
