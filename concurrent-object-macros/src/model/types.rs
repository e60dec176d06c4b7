//! Questions about types, and what becomes of a type on its way from the impl block to the proxy.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, Ident, Lifetime, PathArguments, PathSegment, Type, TypeParamBound, TypePath, TypeReference,
    WherePredicate, parse_quote_spanned,
};

use super::generics::mentions;

/// The type without the parentheses and invisible groups around it.
pub(crate) fn peel(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            other => return other,
        };
    }
}

/// `Path` of `std::path::Path`
pub(crate) fn last_name(ty: &Type) -> Option<&Ident> {
    last_segment(ty).map(|segment| &segment.ident)
}

/// `T` of `Option<T>`
pub(crate) fn as_option(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Option").and_then(first_of)
}

/// `T` of `Vec<T>`
pub(crate) fn as_vec(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Vec").and_then(first_of)
}

/// `T` of `Result<T, E>`
pub(crate) fn as_result(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Result").and_then(first_of)
}

/// `T` of `&T`
pub(crate) fn as_reference(ty: &Type) -> Option<&Type> {
    match peel(ty) {
        Type::Reference(reference) => Some(&reference.elem),
        _ => None,
    }
}

/// `T` of `&mut T`
pub(crate) fn as_mutable_reference(ty: &Type) -> Option<&Type> {
    match peel(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => Some(&reference.elem),
        _ => None,
    }
}

/// Puts `other` in the place of the first type argument: `Option<T>` -> `Option<other>`
pub(crate) fn replace_first_argument(ty: &mut Type, other: Type) {
    let argument = match ty {
        Type::Group(group) => return replace_first_argument(&mut group.elem, other),
        Type::Paren(paren) => return replace_first_argument(&mut paren.elem, other),
        Type::Path(path) => path.path.segments.last_mut().and_then(|last| match &mut last.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter_mut().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            }),
            _ => None,
        }),
        _ => None,
    };
    if let Some(argument) = argument {
        *argument = other;
    }
}

/// `T` of `impl Iterator<Item = T>` and of `Box<dyn Iterator<Item = T>>`
pub(crate) fn as_iterator(ty: &Type) -> Option<&Type> {
    let bounds = match peel(ty) {
        Type::ImplTrait(ty) => &ty.bounds,
        other => match last_segment(other).filter(|segment| segment.ident == "Box").and_then(first_of)? {
            Type::TraitObject(ty) => &ty.bounds,
            _ => return None,
        },
    };
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| ITERATORS.iter().any(|name| last.ident == name))?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(item) if item.ident == "Item" => Some(&item.ty),
            _ => None,
        })
    })
}

/// The traits of what can be gone through to its end.
const ITERATORS: [&str; 5] = ["Iterator", "DoubleEndedIterator", "ExactSizeIterator", "FusedIterator", "IntoIterator"];

/// Whether it is one of the standard library's types that can only be lent, by name.
pub(crate) fn is_text(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| ["str", "Path", "OsStr", "CStr"].iter().any(|other| name == other))
}

/// Whether two types are written the same.
pub(crate) fn same(a: &Type, b: &Type) -> bool {
    peel(a).to_token_stream().to_string() == peel(b).to_token_stream().to_string()
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match peel(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// `T` of `io::Result<T>`, whatever it is called
pub(crate) fn first_argument(ty: &Type) -> Option<&Type> {
    last_segment(ty).and_then(first_of)
}

fn first_of(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Whether the type borrows: a reference or a lifetime other than `'static` stands anywhere in it.
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

/// Whether a lifetime with a name other than `'static` stands in it.
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

/// Whether the type is made of the language's and the standard library's own, which are known to travel.
pub(crate) fn is_known(ty: &Type) -> bool {
    match peel(ty) {
        Type::Reference(reference) => is_known(&reference.elem),
        Type::Slice(slice) => is_known(&slice.elem),
        Type::Array(array) => is_known(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_known),
        Type::Path(TypePath { qself: None, path, .. }) => path.segments.last().is_some_and(is_known_name),
        _ => false,
    }
}

fn is_known_name(segment: &PathSegment) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|name| segment.ident == name);
    match &segment.arguments {
        PathArguments::None => is_one_of(&KNOWN),
        PathArguments::AngleBracketed(arguments) if is_one_of(&["Box", "Option", "Result", "Vec"]) => {
            // `io::Result<T>` has an error that does not show.
            let all = if segment.ident == "Result" { 2 } else { 1 };
            let is_known = |argument: &GenericArgument| matches!(argument, GenericArgument::Type(ty) if is_known(ty));
            arguments.args.len() == all && arguments.args.iter().all(is_known)
        }
        _ => false,
    }
}

#[rustfmt::skip]
const KNOWN: [&str; 21] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "str", "String", "Path", "PathBuf", "Duration",
];

/// Takes the names off all lifetimes: `&'a Cow<'b, str>` -> `&Cow<'_, str>`.
pub(crate) fn elide_lifetimes(ty: &mut Type) {
    struct Elider;
    impl VisitMut for Elider {
        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident != "static") {
                reference.lifetime = None;
            }
            visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                lifetime.ident = Ident::new("_", lifetime.ident.span());
            }
        }
    }
    Elider.visit_type_mut(ty);
}

/// Puts this lifetime wherever one was left out: `&Cow<'_, str>` -> `&'m Cow<'m, str>`. The type has no named ones.
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

/// What holds the same value without a borrow: `&str` -> `String`, `&[T]` -> `Vec<T>`, `&T` -> `<T as ToOwned>::Owned`,
/// also inside other types; `Cow<'_, T>` -> `Cow<'static, T>`. What depends on one of the type parameters is taken to have a
/// size: `&T` -> `T`.
pub(crate) fn make_owned(ty: &mut Type, parameters: &[Ident]) {
    Owner { parameters }.visit_type_mut(ty);
}

struct Owner<'a> {
    parameters: &'a [Ident],
}

impl VisitMut for Owner<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Some(inner) = as_reference(ty) {
            *ty = self.owned_form(inner, ty.span());
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        *lifetime = Lifetime::new("'static", Span::call_site());
    }
}

impl Owner<'_> {
    /// What `&ty` becomes, at the place of the reference.
    fn owned_form(&mut self, ty: &Type, span: Span) -> Type {
        let mut inner = peel(ty).clone();
        match &mut inner {
            Type::Slice(slice) => {
                self.visit_type_mut(&mut slice.elem);
                let element = &slice.elem;
                parse_quote_spanned!(span=> ::std::vec::Vec<#element>)
            }
            Type::Path(path) if path.path.is_ident("str") => parse_quote_spanned!(span=> ::std::string::String),
            other if contains_lifetime(other) || mentions(&*other, self.parameters) => {
                self.visit_type_mut(other);
                inner
            }
            other => parse_quote_spanned!(span=> <#other as ::std::borrow::ToOwned>::Owned),
        }
    }
}
