//! Types that the macro knows to be sendable, so that the output needs no trait bounds for them.

use syn::{Expr, ExprLit, GenericArgument, Lit, PathArguments, PathSegment, Type, TypePath};

use super::types::{CONTAINERS, first_argument, is_str, is_text, last_name, peel};

/// The most elements that `serde` supports in an array.
pub(super) const MAX_ARRAY_LEN: u64 = 32;

/// Whether the type consists of primitive types and the most common types of the standard library.
///
/// Inside another type, `&str` is the only reference that the child can decode.
pub(crate) fn is_known(ty: &Type) -> bool {
    consists_of(ty, &|segment| KNOWN.iter().any(|name| segment.ident == name))
}

/// Whether an error of this type is data: it consists of known types and `String`s, or is a
/// `Cow<str>`.
///
/// An error of any other type is sent as text.
pub(crate) fn is_data(ty: &Type) -> bool {
    let is_data = |segment: &PathSegment| segment.ident == "String" || KNOWN.iter().any(|name| segment.ident == name);
    let is_cow = last_name(ty).is_some_and(|name| name == "Cow");
    consists_of(ty, &is_data) || (is_cow && first_argument(ty).is_some_and(|ty| consists_of(ty, &is_data)))
}

/// Whether the type is a number, `bool` or `char`.
pub(crate) fn is_scalar(ty: &Type) -> bool {
    matches!(peel(ty), Type::Path(path) if KNOWN.iter().any(|name| path.path.is_ident(name)))
}

fn consists_of(ty: &Type, is_part: &dyn Fn(&PathSegment) -> bool) -> bool {
    match peel(ty) {
        Type::Reference(reference) => is_inside(&reference.elem, is_part),
        other => is_inside(other, is_part),
    }
}

fn is_inside(ty: &Type, is_part: &dyn Fn(&PathSegment) -> bool) -> bool {
    match peel(ty) {
        Type::Reference(reference) => reference.mutability.is_none() && is_str(&reference.elem),
        Type::Slice(slice) => is_inside(&slice.elem, is_part),
        Type::Array(array) => {
            is_inside(&array.elem, is_part) && literal_len(&array.len).is_some_and(|len| len <= MAX_ARRAY_LEN)
        }
        Type::Tuple(tuple) => tuple.elems.iter().all(|part| is_inside(part, is_part)),
        Type::Path(TypePath { qself: None, path, .. }) => {
            path.segments.last().is_some_and(|segment| is_named_inside(segment, is_part))
        }
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

fn is_named_inside(segment: &PathSegment, is_part: &dyn Fn(&PathSegment) -> bool) -> bool {
    let is_container = ["Box", "Option", "Result", "Vec"].iter().any(|name| segment.ident == name);
    match &segment.arguments {
        PathArguments::None => is_part(segment),
        PathArguments::AngleBracketed(arguments) if is_container => {
            // The error of `io::Result<T>` is not visible here.
            let all = if segment.ident == "Result" { 2 } else { 1 };
            let is_known =
                |argument: &GenericArgument| matches!(argument, GenericArgument::Type(ty) if is_inside(ty, is_part));
            arguments.args.len() == all && arguments.args.iter().all(is_known)
        }
        _ => false,
    }
}

/// The names of known types. Names that a user's type may have too, such as `String`, are not among
/// them.
#[rustfmt::skip]
const KNOWN: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
    "str",
];

/// Whether it has the name of a type of the standard library that is data, without parameters.
///
/// A type of the user may have the same name.
pub(crate) fn is_std_data(ty: &Type) -> bool {
    is_text(ty)
        || matches!(peel(ty), Type::Path(path) if path.path.segments.last().is_some_and(|last| {
            last.arguments.is_none() && STD_DATA.iter().any(|name| last.ident == name)
        }))
}

/// Whether it has the name of a type of the standard library that can be sent if its arguments can.
pub(crate) fn is_std_container(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| CONTAINERS.iter().chain(&OTHER_CONTAINERS).any(|container| name == container))
}

#[rustfmt::skip]
const STD_DATA: [&str; 20] = [
    "String", "PathBuf", "OsString", "CString", "Duration", "SystemTime", "Instant", "Ordering", "SeekFrom", "ExitStatus",
    "IpAddr", "Ipv4Addr", "Ipv6Addr", "SocketAddr", "SocketAddrV4", "SocketAddrV6", "NonZeroU32", "NonZeroUsize",
    "RemoteError", "Infallible",
];

#[rustfmt::skip]
const OTHER_CONTAINERS: [&str; 9] =
    ["Arc", "Rc", "Range", "RangeInclusive", "BinaryHeap", "LinkedList", "Wrapping", "ControlFlow", "Poll"];
