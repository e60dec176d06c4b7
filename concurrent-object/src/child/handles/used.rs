//! The objects that a call uses: those behind the handles among its arguments.
//!
//! Knows the table of kept objects, and the borrows of one call. Invariant: a call that is refused
//! has taken no object.

use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

use super::TABLE;
use crate::error::HandleProblem;
use crate::protocol::failure::Failure;
use crate::protocol::handle_key::HandleKey;

/// An object that a call uses: a handle among its arguments.
#[derive(Debug)]
pub struct Used<T> {
    key: HandleKey,
    object: Rc<RefCell<T>>,
}

impl<T: 'static> Used<T> {
    /// Finds the object of a handle.
    pub fn find(key: HandleKey) -> Result<Self, Failure> {
        let found = TABLE.with_borrow(|table| table.find(key).cloned());
        let object = found.and_then(|found| found.object.downcast::<RefCell<T>>().ok());
        object.map(|object| Self { key, object }).ok_or(Failure::Handle(HandleProblem::Stale))
    }

    /// Borrows the object for a method that reads it.
    pub fn get(&self) -> Result<Ref<'_, T>, Failure> {
        self.object.try_borrow().map_err(|_| Failure::Handle(HandleProblem::InUse))
    }

    /// Borrows the object for a method that changes it.
    pub fn get_mut(&self) -> Result<RefMut<'_, T>, Failure> {
        self.object.try_borrow_mut().map_err(|_| Failure::Handle(HandleProblem::InUse))
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

    /// Checks that no other argument of the call uses the object, before a method takes it.
    pub fn check_sole(&self) -> Result<(), Failure> {
        // The table and this one.
        if Rc::strong_count(&self.object) == 2 { Ok(()) } else { Err(Failure::Handle(HandleProblem::InUse)) }
    }

    /// Takes the object out of the table, for a method that takes it by value. Its handles are then
    /// stale.
    ///
    /// # Panics
    /// If another argument uses the object; `check_sole` says so before.
    #[must_use]
    pub fn take(self) -> T {
        drop(TABLE.with_borrow_mut(|table| table.remove(self.key)));
        let object = Rc::try_unwrap(self.object);
        object.unwrap_or_else(|_| panic!("an object that was taken is still in use")).into_inner()
    }
}
