//! A function with a receiver, and how it takes the object.

use syn::{Lifetime, Receiver, ReceiverKind, Type, parse_quote};

use super::function::Function;
use super::result::Returned;
use super::types::{peel, same, same_name};

/// A function with a receiver.
#[derive(Clone)]
pub(crate) struct Method {
    pub(crate) function: Function,
    pub(crate) receiver: Receiver,
    pub(crate) returned: Returned,
    /// Whether it saves the state and returns `Result<State, E>`. Then `returned` is the state
    /// alone.
    pub(crate) may_fail_to_save: bool,
    /// Whether it takes `self` by value and returns it. Then `returned` is `()`.
    pub(crate) replaces: bool,
    /// Whether its items are sent while it runs. Then `returned` is one item.
    pub(crate) streams: bool,
    /// Whether it may have a push form: a method of a handle has none.
    pub(super) has_push: bool,
    /// The type that has this method.
    pub(super) object: Type,
}

/// How a method takes the object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// `&self`, `&mut self`, `self: &Self`, `self: &mut Self`
    Borrowed,
    /// `self`, `self: Self`
    Owned,
    /// `self: Box<Self>`
    Boxed,
}

/// What becomes of the object in a method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    /// `&self`
    Borrows,
    /// `self -> Self`: the method returns the object, which the child keeps.
    Replaces,
    /// `self -> T`: the object's last call
    Consumes,
}

impl Method {
    /// Returns how it takes the object, or `None` for a receiver that the child cannot provide.
    pub(crate) fn access(&self) -> Option<Access> {
        access_of(&self.receiver, &self.object)
    }

    /// Whether it takes the object by `&mut self`.
    pub(crate) fn is_exclusive(&self) -> bool {
        match &self.receiver.kind {
            ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
            ReceiverKind::Typed(_, ty) => {
                matches!(peel(ty), Type::Reference(reference) if reference.mutability.is_some())
            }
            _ => false,
        }
    }

    /// Whether it returns objects that borrow from this one and stay in the child.
    pub(crate) fn lends(&self) -> bool {
        self.returned.conversion.lends()
    }

    /// Whether all objects that it returns and that borrow do so from what this one borrows from,
    /// which is a view.
    pub(crate) fn shares(&self) -> bool {
        self.lends() && self.returned.views.iter().all(|view| view.shares)
    }

    /// Whether it takes the object by value and keeps it, so that it is the last call.
    pub(crate) fn consumes(&self) -> bool {
        self.taking() == Taking::Consumes
    }

    /// Returns what becomes of the object in this method.
    pub(crate) fn taking(&self) -> Taking {
        match self.access() {
            _ if self.replaces => Taking::Replaces,
            Some(Access::Owned | Access::Boxed) => Taking::Consumes,
            _ => Taking::Borrows,
        }
    }

    /// Whether it has a push form, and with it a variant in the output enum.
    pub(crate) fn is_pushed(&self) -> bool {
        self.has_push && !self.streams && !self.consumes() && self.function.in_out().next().is_none()
    }
}

/// Returns how a receiver takes the object.
pub(super) fn access_of(receiver: &Receiver, object: &Type) -> Option<Access> {
    let is_self = |ty: &Type| same(ty, &parse_quote!(Self)) || same_name(ty, object);
    match &receiver.kind {
        ReceiverKind::Value => Some(Access::Owned),
        ReceiverKind::Reference(_, lifetime, _) => (!is_static(lifetime.as_ref())).then_some(Access::Borrowed),
        ReceiverKind::Typed(_, ty) => match peel(ty) {
            Type::Reference(reference) if is_static(reference.lifetime.as_ref()) => None,
            Type::Reference(reference) if is_self(&reference.elem) => Some(Access::Borrowed),
            ty if is_self(ty) => Some(Access::Owned),
            ty if same(ty, &parse_quote!(Box<Self>)) => Some(Access::Boxed),
            _ => None,
        },
        _ => None,
    }
}

fn is_static(lifetime: Option<&Lifetime>) -> bool {
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}
