//! Types that may have a lifetime that is not written: `fn lines(&self) -> Lines`.

use syn::{PathArguments, Type};

use super::argument::{Argument, Passing};
use super::known::{is_known, is_std_container, is_std_data};
use super::lifetimes::contains_lifetime;
use super::method::{Access, Method};
use super::types::{all_arguments, as_reference, peel};

impl Method {
    /// Whether its result may have a lifetime that is not written.
    ///
    /// The compiler takes that lifetime from an argument that borrows, or from `&self`.
    pub(crate) fn may_hide_lifetime(&self) -> bool {
        let borrows = self.access() == Some(Access::Borrowed)
            || self.function.arguments.iter().any(|argument| contains_lifetime(&argument.ty) || may_hide(&argument.ty));
        borrows && self.returned.adapters.is_none() && may_hide(&self.returned.owned)
    }
}

impl Argument {
    /// Notes whether its type may have a lifetime that is not written.
    ///
    /// An argument by value is not among them: a push that is refused returns it, so the signature
    /// of the push must name its lifetime.
    pub(crate) fn note_hidden_lifetime(&mut self) {
        let is_lent = matches!(self.passing, Passing::Lent(_));
        self.hides_lifetime = is_lent && self.is_judged() && self.adapter.is_none() && may_hide(&self.ty);
    }
}

/// Whether the type, or a part of it, has a name of the user and no lifetime.
fn may_hide(ty: &Type) -> bool {
    match peel(ty) {
        ty if is_known(ty) || is_std_data(ty) => false,
        Type::Slice(slice) => may_hide(&slice.elem),
        Type::Array(array) => may_hide(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(may_hide),
        Type::Path(_) if is_std_container(ty) => all_arguments(ty).any(may_hide),
        Type::Path(path) => {
            let last = path.path.segments.last().map(|last| &last.arguments);
            let is_open = matches!(last, Some(PathArguments::None | PathArguments::AngleBracketed(_)));
            path.qself.is_none() && is_open && !contains_lifetime(ty)
        }
        ty => as_reference(ty).is_some_and(may_hide),
    }
}
