//! Types that the macro knows to be sendable, so that the output needs no trait bounds for them.

use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, PathSegment, Type, TypePath};

use super::types::{first_argument, is_str, last_name, peel};

/// The most elements that `serde` supports in an array.
pub(super) const MAX_ARRAY_LEN: u64 = 32;

/// Whether the type consists of primitive types and the most common types of the standard library.
///
/// Inside another type, `&str` is the only reference that the child can decode.
pub(crate) fn is_known(ty: &Type) -> bool {
    match peel(ty) {
        Type::Reference(reference) => is_known_inside(&reference.elem),
        other => is_known_inside(other),
    }
}

/// Whether an error of this type is data: it consists of known types, or is a `Cow<str>`.
///
/// An error of any other type is sent as text.
pub(crate) fn is_data(ty: &Type) -> bool {
    let is_cow = last_name(ty).is_some_and(|name| name == "Cow");
    is_known(ty) || (is_cow && first_argument(ty).is_some_and(is_known))
}

fn is_known_inside(ty: &Type) -> bool {
    match peel(ty) {
        Type::Reference(reference) => reference.mutability.is_none() && is_str(&reference.elem),
        Type::Slice(slice) => is_known_inside(&slice.elem),
        Type::Array(array) => {
            is_known_inside(&array.elem) && literal_len(&array.len).is_some_and(|len| len <= MAX_ARRAY_LEN)
        }
        Type::Tuple(tuple) => tuple.elems.iter().all(is_known_inside),
        Type::Path(TypePath { qself: None, path, .. }) => path.segments.last().is_some_and(is_known_name),
        _ => false,
    }
}

/// `4` of `[u8; 4]`
pub(super) fn literal_len(len: &Expr) -> Option<u64> {
    match len {
        Expr::Lit(ExprLit { lit: Lit::Int(len), .. }) => len.base10_parse().ok(),
        Expr::Group(group) => literal_len(&group.expr),
        _ => None,
    }
}

fn is_known_name(segment: &PathSegment) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|name| segment.ident == name);
    match &segment.arguments {
        PathArguments::None => is_one_of(&KNOWN),
        PathArguments::AngleBracketed(arguments) if is_one_of(&["Box", "Option", "Result", "Vec"]) => {
            // The error of `io::Result<T>` is not visible here.
            let all = if segment.ident == "Result" { 2 } else { 1 };
            let is_known =
                |argument: &GenericArgument| matches!(argument, GenericArgument::Type(ty) if is_known_inside(ty));
            arguments.args.len() == all && arguments.args.iter().all(is_known)
        }
        _ => false,
    }
}

/// The names of known types. Names that a user's type may have too are not among them.
#[rustfmt::skip]
const KNOWN: [&str; 18] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "str", "String",
];
