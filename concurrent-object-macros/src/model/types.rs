//! Questions about types, and what becomes of a type on its way from the impl block to the proxy.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, Ident, Lifetime, Path, PathArguments, PathSegment, Type, TypePath, TypeReference,
    parse_quote_spanned,
};

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
    last_segment(ty).filter(|segment| segment.ident == "Option").and_then(first_argument)
}

/// `T` of `Result<T, E>`
pub(crate) fn as_result(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Result").and_then(first_argument)
}

/// `T` of `&T`
pub(crate) fn as_reference(ty: &Type) -> Option<&Type> {
    match peel(ty) {
        Type::Reference(reference) => Some(&reference.elem),
        _ => None,
    }
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

fn first_argument(segment: &PathSegment) -> Option<&Type> {
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
            arguments.args.iter().all(|argument| matches!(argument, GenericArgument::Type(ty) if is_known(ty)))
        }
        _ => false,
    }
}

#[rustfmt::skip]
const KNOWN: [&str; 21] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "str", "String", "Path", "PathBuf", "Duration",
];

/// Puts the object's type in the place of `Self`.
pub(crate) fn replace_self(ty: &mut Type, object: &Type) {
    SelfReplacer { object }.visit_type_mut(ty);
}

struct SelfReplacer<'a> {
    object: &'a Type,
}

impl VisitMut for SelfReplacer<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self") => *ty = self.object.clone(),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }

    /// `Self::N` -> `Detector::N`
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let Type::Path(TypePath { qself: None, path: object, .. }) = peel(self.object) else { return };
        if path.leading_colon.is_none() && path.segments.first().is_some_and(|first| first.ident == "Self") {
            let rest = path.segments.iter().skip(1).cloned();
            path.segments = object.segments.iter().cloned().map(with_turbofish).chain(rest).collect();
            path.leading_colon = object.leading_colon;
        }
    }
}

fn with_turbofish(mut segment: PathSegment) -> PathSegment {
    if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
        arguments.colon2_token.get_or_insert_default();
    }
    segment
}

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

/// What holds the same value without a borrow: `&str` -> `String`, `&[T]` -> `Vec<T>`, `&T` -> `<T as ToOwned>::Owned`,
/// also inside other types; `Cow<'_, T>` -> `Cow<'static, T>`.
pub(crate) fn make_owned(ty: &mut Type) {
    struct Owner;
    impl VisitMut for Owner {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Some(inner) = as_reference(ty) {
                *ty = owned_form(inner, ty.span());
            } else {
                visit_mut::visit_type_mut(self, ty);
            }
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            *lifetime = Lifetime::new("'static", Span::call_site());
        }
    }
    Owner.visit_type_mut(ty);
}

/// What `&ty` becomes, at the place of the reference.
fn owned_form(ty: &Type, span: Span) -> Type {
    match peel(ty) {
        Type::Slice(slice) => {
            let mut element = (*slice.elem).clone();
            make_owned(&mut element);
            parse_quote_spanned!(span=> ::std::vec::Vec<#element>)
        }
        Type::Path(path) if path.path.is_ident("str") => parse_quote_spanned!(span=> ::std::string::String),
        other if contains_lifetime(other) => {
            let mut other = other.clone();
            make_owned(&mut other);
            other
        }
        other => parse_quote_spanned!(span=> <#other as ::std::borrow::ToOwned>::Owned),
    }
}
