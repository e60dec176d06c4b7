//! Queries about types.
//!
//! Knows the tokens of a type only, so it recognises a type by its name.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{
    GenericArgument, Ident, Path, PathArguments, PathSegment, Type, TypeImplTrait, TypeParamBound, TypeReference,
};

/// Returns the type without the parentheses and invisible groups around it.
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

/// `T` of `LoadResult<T>`
pub(crate) fn as_result_alias(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident.to_string().ends_with("Result")).and_then(first_of)
}

/// Whether it is an alias without parameters, such as `fmt::Result`.
///
/// A plain `Result` without parameters is not counted: it can be any type.
pub(crate) fn is_bare_result(ty: &Type) -> bool {
    is_called_result(ty) && matches!(peel(ty), Type::Path(path) if path.path.segments.len() > 1)
}

/// Whether it is `Result` without parameters, with any path.
pub(crate) fn is_called_result(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "Result" && segment.arguments.is_none())
}

/// Whether it has the name of a container of the standard library, so that it is no alias of a
/// `Result`.
pub(crate) fn is_container(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| CONTAINERS.iter().any(|container| name == container) && name != "Result")
}

/// The standard library's containers.
pub(crate) const CONTAINERS: [&str; 10] =
    ["Vec", "Option", "Result", "Box", "Cow", "VecDeque", "HashMap", "BTreeMap", "HashSet", "BTreeSet"];

/// `T` of `Vec<T>`
pub(crate) fn as_vec(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Vec").and_then(first_of)
}

/// `T` of `Box<T>`
pub(crate) fn as_box(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Box").and_then(first_of)
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

/// Returns the type with another first type argument: `Option<T>` -> `Option<other>`
pub(crate) fn with_first_argument(ty: &Type, other: Type) -> Type {
    let mut ty = ty.clone();
    replace_first_argument(&mut ty, other);
    ty
}

fn replace_first_argument(ty: &mut Type, other: Type) {
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

/// The iterator traits whose items are collected.
const ITERATORS: [&str; 5] = ["Iterator", "DoubleEndedIterator", "ExactSizeIterator", "FusedIterator", "IntoIterator"];

/// Whether it has the name of an unsized text type of the standard library.
pub(crate) fn is_text(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| ["str", "Path", "OsStr", "CStr"].iter().any(|other| name == other))
}

/// Whether it contains `impl Trait`.
pub(crate) fn contains_impl(ty: &Type) -> bool {
    struct Finder(bool);
    impl Visit<'_> for Finder {
        fn visit_type_impl_trait(&mut self, _: &TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// Whether it contains `&mut T`.
pub(crate) fn contains_mutable_reference(ty: &Type) -> bool {
    struct Finder(bool);
    impl Visit<'_> for Finder {
        fn visit_type_reference(&mut self, reference: &TypeReference) {
            self.0 |= reference.mutability.is_some();
            visit::visit_type_reference(self, reference);
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// Whether another type can stand for a part of this argument: it contains `impl Trait`, or is
/// `&dyn Trait` or `&mut dyn Trait`.
pub(crate) fn is_open(ty: &Type) -> bool {
    contains_impl(ty) || as_reference(ty).is_some_and(|inner| matches!(peel(inner), Type::TraitObject(_)))
}

/// Whether it is a closure trait: `Fn(u8) -> u8`
pub(crate) fn is_closure_bound(bound: &TypeParamBound) -> bool {
    let TypeParamBound::Trait(bound) = bound else { return false };
    bound.path.segments.last().is_some_and(|last| matches!(last.arguments, PathArguments::Parenthesized(_)))
}

/// Whether it is `str`.
pub(crate) fn is_str(ty: &Type) -> bool {
    matches!(peel(ty), Type::Path(path) if path.path.is_ident("str"))
}

/// Whether it is this name alone.
pub(crate) fn is_ident(ty: &Type, name: &Ident) -> bool {
    matches!(peel(ty), Type::Path(path) if path.qself.is_none() && path.path.is_ident(name))
}

/// Whether it is the runtime's `OpaqueHandle<T>`, in which `T` is a name and no value.
pub(crate) fn is_opaque_handle(ty: &Type) -> bool {
    let Type::Path(ty) = peel(ty) else { return false };
    ty.path.segments.len() > 1 && ty.path.segments.last().is_some_and(|last| last.ident == "OpaqueHandle")
}

/// Whether two types are written the same, or are two paths to one name.
pub(crate) fn same_name(a: &Type, b: &Type) -> bool {
    let name = |ty| last_segment(ty).map(|segment| segment.to_token_stream().to_string());
    same(a, b) || name(a).is_some_and(|a| name(b) == Some(a))
}

/// Whether two types are written the same.
pub(crate) fn same(a: &Type, b: &Type) -> bool {
    peel(a).to_token_stream().to_string() == peel(b).to_token_stream().to_string()
}

/// Replaces paths into the standard library with their last name: `::std::vec::Vec<T>` -> `Vec<T>`.
pub(crate) fn without_std(ty: &Type) -> Type {
    struct Shortener;
    impl VisitMut for Shortener {
        fn visit_path_mut(&mut self, path: &mut Path) {
            syn::visit_mut::visit_path_mut(self, path);
            let is_std = path
                .segments
                .first()
                .is_some_and(|first| ["std", "core", "alloc"].iter().any(|std| first.ident == std));
            if is_std && let Some(last) = path.segments.pop() {
                *path = last.into();
            }
        }
    }
    let mut ty = ty.clone();
    Shortener.visit_type_mut(&mut ty);
    ty
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match peel(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Whether the last segment of its path is this name.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

/// `T` of `io::Result<T>`, for any name of the type
pub(crate) fn first_argument(ty: &Type) -> Option<&Type> {
    last_segment(ty).and_then(first_of)
}

/// `E` of `Result<T, E>`, for any name of the type
pub(crate) fn second_argument(ty: &Type) -> Option<&Type> {
    last_segment(ty).and_then(|segment| arguments_of(segment).nth(1))
}

/// `K` and `V` of `HashMap<K, V>`
pub(crate) fn all_arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    last_segment(ty).into_iter().flat_map(arguments_of)
}

fn first_of(segment: &PathSegment) -> Option<&Type> {
    arguments_of(segment).next()
}

fn arguments_of(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// `Vec<u8>` -> `Vec::<u8>`
pub(super) fn with_turbofish(path: &Path) -> Path {
    let mut path = path.clone();
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            arguments.colon2_token.get_or_insert_default();
        }
    }
    path
}
