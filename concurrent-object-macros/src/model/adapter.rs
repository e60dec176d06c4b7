//! The adapter of a type in which a part has no `serde`.
//!
//! Knows the names of types of the standard library that serde does not support. A type of the user
//! may have such a name; the compiler decides which of the two it is.

use syn::{GenericArgument, Path, PathArguments, PathSegment, Type, TypeArray, TypePath};

use super::known::{MAX_ARRAY_LEN, is_known, literal_len};
use super::lifetimes::contains_lifetime;
use super::types::{
    self, as_iterator, as_option, as_result, as_result_alias, as_vec, is_opaque_handle, is_text, last_name, peel,
    same_name,
};
use crate::options::CarriedForm;

/// How a type, or a part of it, is written and read.
#[derive(Clone)]
pub(crate) enum Adapter {
    /// The macro knows that serde can send it.
    Known,
    /// Any other type that is sent by its own `Serialize` and `Deserialize`.
    Itself(Type),
    /// The same for a function that is on the proxy only if its types can be sent.
    Judged(Type),
    /// `&OsStr`
    Standard,
    /// `fn(u8) -> u8`
    Function,
    /// A tuple, a slice or an array, with the adapters of its elements.
    Composite(Vec<Adapter>),
    /// A type with a path, and the adapters of its arguments. If the type has `serde`, that is used
    /// instead.
    Named(Type, Vec<Adapter>),
    /// The same for a type that borrows, which the compiler need not check for `serde`.
    Container(Vec<Adapter>),
    /// A foreign type that is converted into the second type and back.
    Through(Type, Type),
    /// A foreign type that is sent with the functions `serialize` and `deserialize` at the path.
    Functions(Type, Path),
    /// A reference in a result, with the adapter of its target.
    Behind(Box<Adapter>),
}

/// The names of types without parameters that need an adapter.
const LEAVES: [&str; 4] = ["Ordering", "Instant", "SeekFrom", "ExitStatus"];

/// The names of types with parameters that need an adapter, whatever the arguments are.
pub(super) const CONTAINERS: [&str; 4] = ["Arc", "Rc", "ControlFlow", "Poll"];

/// Chooses the adapters of the types in one argument or result.
pub(crate) struct Adapting<'c> {
    /// The types that the user wants in another form. The first one that fits applies.
    pub(crate) carry: Vec<(Type, &'c CarriedForm)>,
    pub(crate) is_argument: bool,
}

impl Adapter {
    /// Returns the adapter of a list of such values.
    fn of_list(self) -> Self {
        Self::Composite(vec![self])
    }

    /// Returns the adapter of references to such values.
    fn behind(self) -> Self {
        Self::Behind(Box::new(self))
    }

    /// Returns the parts of which the compiler must find out whether they can be sent.
    pub(crate) fn judged(&self) -> Vec<&Type> {
        match self {
            Self::Itself(ty) if !contains_lifetime(ty) => vec![ty],
            Self::Judged(ty) => vec![ty],
            Self::Known
            | Self::Itself(_)
            | Self::Standard
            | Self::Function
            | Self::Through(..)
            | Self::Functions(..) => Vec::new(),
            Self::Composite(parts) | Self::Named(_, parts) | Self::Container(parts) => {
                parts.iter().flat_map(Self::judged).collect()
            }
            Self::Behind(target) => target.judged(),
        }
    }

    /// Leaves it to the where clause of the function whether these parts can be sent.
    pub(crate) fn leave_to_the_clause(&mut self) {
        match self {
            Self::Itself(ty) if !contains_lifetime(ty) => *self = Self::Judged(ty.clone()),
            Self::Composite(parts) | Self::Named(_, parts) | Self::Container(parts) => {
                parts.iter_mut().for_each(Self::leave_to_the_clause);
            }
            Self::Behind(target) => target.leave_to_the_clause(),
            _ => {}
        }
    }

    /// Returns the parts that are sent with functions of the user, and the paths of these.
    pub(crate) fn functions(&self) -> Vec<(&Type, &Path)> {
        match self {
            Self::Known | Self::Itself(_) | Self::Judged(_) | Self::Standard | Self::Function | Self::Through(..) => {
                Vec::new()
            }
            Self::Functions(ty, path) => vec![(ty, path)],
            Self::Composite(parts) | Self::Named(_, parts) | Self::Container(parts) => {
                parts.iter().flat_map(Self::functions).collect()
            }
            Self::Behind(target) => target.functions(),
        }
    }
}

impl Adapting<'_> {
    /// Returns the adapter of a type, or `None` if no part of it needs one.
    pub(crate) fn find(&self, ty: &Type) -> Option<Adapter> {
        let ty = peel(ty);
        if let Some((_, form)) = self.carry.iter().find(|(key, _)| same_name(key, ty)) {
            return Some(match form {
                CarriedForm::Type(form) => Adapter::Through(ty.clone(), form.clone()),
                CarriedForm::Functions(path) => Adapter::Functions(ty.clone(), path.clone()),
            });
        }
        match ty {
            Type::Array(array) => {
                let is_special = is_adapted_array(array) || self.find(&array.elem).is_some();
                is_special.then(|| self.whole(&array.elem).of_list())
            }
            Type::Slice(slice) => self.find(&slice.elem).map(Adapter::of_list),
            Type::Tuple(tuple) => self.all(tuple.elems.iter()).map(Adapter::Composite),
            Type::Reference(reference) if self.is_argument => {
                last_name(&reference.elem).is_some_and(|name| name == "OsStr").then_some(Adapter::Standard)
            }
            Type::Reference(reference) => self.find(&reference.elem).map(Adapter::behind),
            // The parent calls no function that a child names.
            Type::FnPtr(_) if self.is_argument => Some(Adapter::Function),
            _ if is_opaque_handle(ty) => None,
            Type::Path(TypePath { qself: None, path, .. }) => self.find_named(ty, path.segments.last()?),
            _ => None,
        }
    }

    fn find_named(&self, ty: &Type, last: &PathSegment) -> Option<Adapter> {
        let is_one_of = |names: &[&str]| names.iter().any(|name| last.ident == name);
        if last.arguments.is_none() {
            return is_one_of(&LEAVES).then(|| Adapter::Named(ty.clone(), Vec::new()));
        }
        let is_borrowing = contains_lifetime(ty);
        // A type of the user that borrows is sent by its own implementation.
        if is_borrowing && !is_one_of(&CONTAINERS) && !is_one_of(&types::CONTAINERS) {
            return None;
        }
        let parts = sent_arguments(last);
        let is_container = is_one_of(&CONTAINERS) && !parts.is_empty();
        let adapters = match self.all(parts.iter().copied()) {
            Some(adapters) => adapters,
            None if is_container => parts.into_iter().map(|part| self.whole(part)).collect(),
            None => return None,
        };
        Some(if is_borrowing { Adapter::Container(adapters) } else { Adapter::Named(ty.clone(), adapters) })
    }

    /// Returns the adapters of all types, or `None` if none of them needs one.
    fn all<'t>(&self, types: impl Iterator<Item = &'t Type> + Clone) -> Option<Vec<Adapter>> {
        let is_special = types.clone().any(|ty| self.find(ty).is_some());
        is_special.then(|| types.map(|ty| self.whole(ty)).collect())
    }

    /// Returns the adapter of a type, which may be sent by its own implementation.
    fn whole(&self, ty: &Type) -> Adapter {
        self.find(ty).unwrap_or_else(|| match ty {
            ty if is_known(ty) || is_text(ty) => Adapter::Known,
            Type::Slice(slice) => self.whole(&slice.elem).of_list(),
            ty => Adapter::Itself(ty.clone()),
        })
    }
}

/// Returns the type arguments, except the hasher of a map or a set.
fn sent_arguments(last: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    let sent = match last.ident.to_string().as_str() {
        "HashMap" => 2,
        "HashSet" => 1,
        _ => usize::MAX,
    };
    types.take(sent).collect()
}

/// Whether the array may be longer than serde supports.
pub(super) fn is_adapted_array(array: &TypeArray) -> bool {
    literal_len(&array.len).is_none_or(|len| len > MAX_ARRAY_LEN)
}

/// Returns the type of the values in references, lists, options and results: `T` of
/// `Option<&[T]>`.
pub(crate) fn innermost(ty: &Type) -> &Type {
    let inner = match peel(ty) {
        Type::Reference(reference) => Some(&*reference.elem),
        Type::Slice(slice) => Some(&*slice.elem),
        Type::Array(array) => Some(&*array.elem),
        ty => as_option(ty)
            .or_else(|| as_vec(ty))
            .or_else(|| as_result(ty))
            .or_else(|| as_iterator(ty))
            .or_else(|| as_result_alias(ty)),
    };
    inner.map_or_else(|| peel(ty), innermost)
}
