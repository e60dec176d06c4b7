//! The objects that a call uses: those behind the handles among its arguments.
//!
//! Knows the table of kept objects, and the borrows of one call. Invariant: a call that is refused
//! has taken no object.

use std::cell::{Ref, RefMut};

use super::{find_kept, remove_kept};
use crate::child::owner::{ViewOwner, Whole};
use crate::error::HandleProblem;
use crate::protocol::failure::Failure;
use crate::protocol::handle_key::HandleKey;

/// An object that a call uses: a handle among its arguments.
#[derive(Debug)]
pub struct Used<T: 'static> {
    key: HandleKey,
    pub(super) owner: ViewOwner<Whole<T>>,
}

impl<T: 'static> Used<T> {
    /// Finds the object of a handle.
    pub fn find(key: HandleKey) -> Result<Self, Failure> {
        let found = find_kept(key).and_then(|found| ViewOwner::of_erased(found.object));
        found.map(|owner| Self { key, owner }).ok_or(Failure::Handle(HandleProblem::Stale))
    }

    /// Borrows the object for a method that reads it.
    pub fn get(&self) -> Result<Ref<'_, T>, Failure> {
        self.owner.borrow()
    }

    /// Borrows the object for a method that changes it.
    pub fn get_mut(&self) -> Result<RefMut<'_, T>, Failure> {
        self.owner.borrow_mut()
    }

    /// Finds the object of a handle that may be absent.
    pub fn find_option(key: Option<HandleKey>) -> Result<Option<Self>, Failure> {
        key.map(Self::find).transpose()
    }

    /// Borrows the object, if there is one.
    pub fn get_option(used: &Option<Self>) -> Result<Option<Ref<'_, T>>, Failure> {
        used.as_ref().map(Self::get).transpose()
    }

    /// Borrows the object, if there is one, for a method that changes it.
    pub fn get_mut_option(used: &Option<Self>) -> Result<Option<RefMut<'_, T>>, Failure> {
        used.as_ref().map(Self::get_mut).transpose()
    }

    /// Checks that no other argument of the call uses the object, if there is one.
    pub fn check_sole_option(used: &Option<Self>) -> Result<(), Failure> {
        used.as_ref().map_or(Ok(()), Self::check_sole)
    }

    /// Checks that no other argument of the call uses the object, and that no view borrows it,
    /// before a method takes it.
    pub fn check_sole(&self) -> Result<(), Failure> {
        self.owner.check_sole()
    }

    /// Takes the object out of the table, for a method that takes it by value. Its handles are then
    /// stale.
    ///
    /// # Panics
    /// If another argument uses the object; `check_sole` says so before.
    #[must_use]
    pub fn take(self) -> T {
        drop(remove_kept(self.key));
        self.owner.into_object().unwrap_or_else(|_| panic!("an object that was taken is still in use"))
    }
}
