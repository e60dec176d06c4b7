//! The adapter of a type in which a part has no `serde`.
//!
//! Knows the names of types of the standard library that serde does not support. A type of the user
//! may have such a name; the compiler decides which of the two it is.

use syn::{GenericArgument, PathArguments, PathSegment, Type, TypeArray, TypePath};

use super::known::{MAX_ARRAY_LEN, is_known, literal_len};
use super::lifetimes::contains_lifetime;
use super::types::{self, is_text, last_name, peel};

/// How a type, or a part of it, is written and read.
pub(crate) enum Adapter {
    /// The macro knows that serde can send it.
    Known,
    /// Any other type that is sent by its own `Serialize` and `Deserialize`.
    Itself(Type),
    /// `&OsStr`
    Standard,
    /// A tuple, a slice or an array, with the adapters of its elements.
    Composite(Vec<Adapter>),
    /// A type with a path, and the adapters of its arguments. If the type has `serde`, that is used
    /// instead.
    Named(Type, Vec<Adapter>),
    /// The same for a type that borrows, which the compiler need not check for `serde`.
    Container(Vec<Adapter>),
    /// A reference in a result, with the adapter of its target.
    Behind(Box<Adapter>),
}

/// The names of types without parameters that need an adapter.
const LEAVES: [&str; 4] = ["Ordering", "Instant", "SeekFrom", "ExitStatus"];

/// The names of types with parameters that need an adapter, whatever the arguments are.
pub(super) const CONTAINERS: [&str; 4] = ["Arc", "Rc", "ControlFlow", "Poll"];

impl Adapter {
    /// Returns the adapter of an argument, or `None` if no part of it needs one.
    pub(crate) fn of_argument(ty: &Type) -> Option<Self> {
        find(ty, true)
    }

    /// Returns the adapter of a result, or `None` if no part of it needs one.
    pub(crate) fn of_result(ty: &Type) -> Option<Self> {
        find(ty, false)
    }

    /// Returns the adapter of a list of such values.
    pub(crate) fn of_list(self) -> Self {
        Self::Composite(vec![self])
    }

    /// Returns the adapter of references to such values.
    pub(crate) fn behind(self) -> Self {
        Self::Behind(Box::new(self))
    }
}

fn find(ty: &Type, is_argument: bool) -> Option<Adapter> {
    let ty = peel(ty);
    match ty {
        Type::Array(array) => {
            let is_special = is_adapted_array(array) || find(&array.elem, is_argument).is_some();
            is_special.then(|| whole(&array.elem, is_argument).of_list())
        }
        Type::Slice(slice) => find(&slice.elem, is_argument).map(Adapter::of_list),
        Type::Tuple(tuple) => all(tuple.elems.iter(), is_argument).map(Adapter::Composite),
        Type::Reference(reference) if is_argument => {
            last_name(&reference.elem).is_some_and(|name| name == "OsStr").then_some(Adapter::Standard)
        }
        Type::Reference(reference) => find(&reference.elem, is_argument).map(Adapter::behind),
        Type::Path(TypePath { qself: None, path, .. }) => find_named(ty, path.segments.last()?, is_argument),
        _ => None,
    }
}

/// Whether the array may be longer than serde supports.
pub(super) fn is_adapted_array(array: &TypeArray) -> bool {
    literal_len(&array.len).is_none_or(|len| len > MAX_ARRAY_LEN)
}

fn find_named(ty: &Type, last: &PathSegment, is_argument: bool) -> Option<Adapter> {
    let is_one_of = |names: &[&str]| names.iter().any(|name| last.ident == name);
    let parts = match &last.arguments {
        PathArguments::None => return is_one_of(&LEAVES).then(|| Adapter::Named(ty.clone(), Vec::new())),
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        PathArguments::Parenthesized(_) => return None,
    };
    // The hasher of a map or set is not sent.
    let sent = match last.ident.to_string().as_str() {
        "HashMap" => 2,
        "HashSet" => 1,
        _ => usize::MAX,
    };
    let parts: Vec<&Type> = parts.take(sent).collect();
    let is_borrowing = contains_lifetime(ty);
    // A type of the user that borrows is sent by its own implementation.
    if is_borrowing && !is_one_of(&CONTAINERS) && !is_one_of(&types::CONTAINERS) {
        return None;
    }
    let is_container = is_one_of(&CONTAINERS) && !parts.is_empty();
    let adapters = match all(parts.iter().copied(), is_argument) {
        Some(adapters) => adapters,
        None if is_container => parts.into_iter().map(|part| whole(part, is_argument)).collect(),
        None => return None,
    };
    Some(if is_borrowing { Adapter::Container(adapters) } else { Adapter::Named(ty.clone(), adapters) })
}

/// Returns the adapters of all types, or `None` if none of them needs one.
fn all<'t>(types: impl Iterator<Item = &'t Type> + Clone, is_argument: bool) -> Option<Vec<Adapter>> {
    let is_special = types.clone().any(|ty| find(ty, is_argument).is_some());
    is_special.then(|| types.map(|ty| whole(ty, is_argument)).collect())
}

/// Returns the adapter of a type, which may be sent by its own implementation.
fn whole(ty: &Type, is_argument: bool) -> Adapter {
    find(ty, is_argument).unwrap_or_else(|| match ty {
        ty if is_known(ty) || is_text(ty) => Adapter::Known,
        Type::Slice(slice) => whole(&slice.elem, is_argument).of_list(),
        ty => Adapter::Itself(ty.clone()),
    })
}
