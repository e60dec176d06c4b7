//! Finds and replaces lifetimes in types.

use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, GenericArgument, GenericParam, Generics, Ident, Lifetime, Path, PathArguments, PathSegment, Type,
    TypeFnPtr, TypeReference, WherePredicate, parse_quote,
};

use super::types::peel;

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
        // A function pointer borrows nothing.
        fn visit_type_fn_ptr(&mut self, _: &TypeFnPtr) {}
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// Returns the lifetimes in a type, `'static` excluded.
pub(crate) fn lifetimes_in(ty: &Type) -> Vec<Lifetime> {
    struct Finder(Vec<Lifetime>);
    impl Visit<'_> for Finder {
        fn visit_lifetime(&mut self, lifetime: &Lifetime) {
            if lifetime.ident != "static" {
                self.0.push(lifetime.clone());
            }
        }
    }
    let mut finder = Finder(Vec::new());
    finder.visit_type(ty);
    finder.0
}

/// Returns the number of lifetimes that the type is given: 1 for `Entries<'_, File>`.
pub(super) fn lifetime_arguments(ty: &Type) -> usize {
    let Type::Path(path) = peel(ty) else { return 0 };
    let Some(PathArguments::AngleBracketed(last)) = path.path.segments.last().map(|last| &last.arguments) else {
        return 0;
    };
    last.args.iter().filter(|argument| matches!(argument, GenericArgument::Lifetime(_))).count()
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

/// The lifetimes that are used, and those that a `for<'a>` declares.
#[derive(Default)]
struct Lifetimes {
    used: Vec<Ident>,
    declared: Vec<Ident>,
}

impl Visit<'_> for Lifetimes {
    fn visit_lifetime(&mut self, lifetime: &Lifetime) {
        self.used.push(lifetime.ident.clone());
    }

    fn visit_bound_lifetimes(&mut self, bound: &BoundLifetimes) {
        let declared = bound.lifetimes.iter().filter_map(|parameter| match parameter {
            GenericParam::Lifetime(parameter) => Some(parameter.lifetime.ident.clone()),
            _ => None,
        });
        self.declared.extend(declared);
    }
}

impl Lifetimes {
    /// Whether a lifetime is used that only has a meaning where it was declared.
    fn are_free(&self) -> bool {
        self.used.iter().any(|name| name != "static" && name != "_" && !self.declared.contains(name))
    }
}

/// Removes the bounds and predicates with a lifetime that they do not declare themselves.
pub(crate) fn without_free_lifetimes(generics: &Generics) -> Generics {
    let is_free = |visit: &dyn Fn(&mut Lifetimes)| {
        let mut lifetimes = Lifetimes::default();
        visit(&mut lifetimes);
        lifetimes.are_free()
    };
    let mut generics = generics.clone();
    for parameter in generics.type_params_mut() {
        let kept = parameter.bounds.iter().filter(|bound| !is_free(&|all| all.visit_type_param_bound(bound)));
        parameter.bounds = kept.cloned().collect();
    }
    if let Some(clause) = &mut generics.where_clause {
        let kept = clause.predicates.iter().filter(|one| !is_free(&|all| all.visit_where_predicate(one)));
        clause.predicates = kept.cloned().collect();
    }
    generics
}

/// Removes the names of all lifetimes except `'static`: `&'a Cow<'b, str>` -> `&Cow<'_, str>`.
///
/// A `Cow` without a lifetime gets one. Lifetimes that a `for<'a>` in the type declares stay.
pub(crate) fn elide_lifetimes(ty: &mut Type) {
    struct Elider(Vec<Ident>);
    impl Elider {
        fn is_kept(&self, lifetime: &Lifetime) -> bool {
            lifetime.ident == "static" || self.0.contains(&lifetime.ident)
        }
    }
    impl VisitMut for Elider {
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            if reference.lifetime.as_ref().is_some_and(|lifetime| !self.is_kept(lifetime)) {
                reference.lifetime = None;
            }
            visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_path_segment_mut(&mut self, segment: &mut PathSegment) {
            show_lifetime(segment);
            visit_mut::visit_path_segment_mut(self, segment);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if !self.is_kept(lifetime) {
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
    let mut lifetimes = Lifetimes::default();
    lifetimes.visit_type(ty);
    Elider(lifetimes.declared).visit_type_mut(ty);
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

/// Replaces all lifetimes with `'static`.
///
/// `impl<'a> View<'a>` is rejected, but its stub needs a type.
pub(crate) fn without_lifetimes(ty: &Type) -> Type {
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

/// Returns the type without lifetimes: `Env<'s>` -> `Env`
pub(crate) fn erased(ty: &Type) -> Type {
    struct Eraser;
    impl VisitMut for Eraser {
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            reference.lifetime = None;
            visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_path_segment_mut(&mut self, segment: &mut PathSegment) {
            visit_mut::visit_path_segment_mut(self, segment);
            let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { return };
            let kept = arguments.args.iter().filter(|argument| !matches!(argument, GenericArgument::Lifetime(_)));
            arguments.args = kept.cloned().collect();
            if arguments.args.is_empty() {
                segment.arguments = PathArguments::None;
            }
        }
    }
    let mut ty = ty.clone();
    Eraser.visit_type_mut(&mut ty);
    ty
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
