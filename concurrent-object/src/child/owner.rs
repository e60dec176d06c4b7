//! An object from which *views* borrow: values with a lifetime, such as a statement of a
//! connection.
//!
//! Problem: the child keeps a view between two calls, beside the object that it borrows from. Such
//! a pair has no type in safe Rust (a *self-referential* value). Way: the object is pinned in an
//! `Rc<RefCell<_>>`. A view is kept with the `Rc` and with a guard of the `RefCell`, and its
//! lifetime is erased. Crates for such pairs write code with `unsafe` into the crate of the user,
//! or allow one view for each owner.
//!
//! Why no safe code can misuse this, whatever the variance of a view:
//! - `lend` passes the object to a closure for *every* lifetime `'o` (a *generative* lifetime).
//!   `Views<'o>` is invariant, and takes views of that `'o` alone. So a view can borrow from this
//!   object and from what is `'static`, but from no argument and no variable.
//! - A view is passed to closures for every lifetime `'v` too. They can neither store what it
//!   borrows, nor put a shorter borrow into it.
//! - `share` passes a view with a `Views<'v>` of the view's own `'v`. It takes views of what that
//!   view borrows from. All of them own the same guard, so the borrow lasts for each of them.
//! - The object is moved out only if no other `Rc` is left, and changed only if no guard is.
//!
//! Knows families and borrows; knows nothing of handles. Invariants: a view is dropped before the
//! guard, and the guard before the owner. An erased lifetime is seen in this file only.
#![allow(unsafe_code)]

mod living;

use std::any::Any;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr;
use std::rc::Rc;

use self::living::LivingViews;
use crate::error::HandleProblem;
use crate::protocol::failure::Failure;

/// The most views that borrow each from the one before. Dropping the last may drop all of them,
/// each in the drop of the next, which takes stack.
const MAX_DEPTH: usize = 1024;

/// A type for each lifetime: `Statement<'v>` for `Statement<'static>`.
pub trait Family: 'static {
    /// The type with this lifetime.
    type At<'v>;
}

/// The family of a type that borrows nothing.
#[derive(Debug)]
pub struct Whole<T>(PhantomData<fn() -> T>);

impl<T: 'static> Family for Whole<T> {
    type At<'v> = T;
}

/// A pinned object, from which views can borrow. It may be a view itself.
pub struct ViewOwner<F: Family>(Rc<Pinned<F>>);

/// The fields are dropped in this order: a view before what it borrows from.
struct Pinned<F: Family> {
    object: RefCell<F::At<'static>>,
    borrow: Option<ViewBorrow>,
    views: LivingViews,
    /// How many owners it has, each the owner of the one before.
    depth: usize,
}

/// The borrow of one view. The fields are dropped after `drop`.
struct ViewBorrow {
    owner: Rc<dyn AnyOwner>,
    view: &'static str,
}

/// An owner that views borrow. The guard is dropped first.
struct BorrowedOwner<G, F: Family> {
    _guard: G,
    owner: Rc<Pinned<F>>,
}

trait AnyOwner {
    fn views(&self) -> &LivingViews;
}

impl<G, F: Family> AnyOwner for BorrowedOwner<G, F> {
    fn views(&self) -> &LivingViews {
        &self.owner.views
    }
}

impl Drop for ViewBorrow {
    fn drop(&mut self) {
        self.owner.views().remove(self.view);
    }
}

impl<F: Family> ViewOwner<F> {
    fn pin(object: F::At<'static>, borrow: Option<ViewBorrow>, depth: usize) -> Self {
        Self(Rc::new(Pinned { object: RefCell::new(object), borrow, views: LivingViews::default(), depth }))
    }

    /// Passes the object to a method that reads it.
    pub fn read<R>(&self, method: impl for<'v> FnOnce(&F::At<'v>) -> Result<R, Failure>) -> Result<R, Failure> {
        let object = self.0.object.try_borrow().map_err(|_| self.problem())?;
        method(&object)
    }

    /// Passes the object to a method that changes it.
    pub fn change<R>(&self, method: impl for<'v> FnOnce(&mut F::At<'v>) -> Result<R, Failure>) -> Result<R, Failure> {
        let mut object = self.0.object.try_borrow_mut().map_err(|_| self.problem())?;
        method(&mut object)
    }

    /// Passes the object to a method that reads it and returns views.
    pub fn lend<R>(
        &self,
        method: impl for<'o, 'v> FnOnce(&'o F::At<'v>, &Views<'o>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.check_depth()?;
        let guard = self.lasting_cell().try_borrow().map_err(|_| self.problem())?;
        let object = Ref::clone(&guard);
        method(&object, &self.views(guard))
    }

    /// Passes the object to a method that changes it and returns views.
    pub fn lend_mut<R>(
        &self,
        method: impl for<'o, 'v> FnOnce(&'o mut F::At<'v>, &Views<'o>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        self.check_depth()?;
        let mut guard = self.lasting_cell().try_borrow_mut().map_err(|_| self.problem())?;
        let object = ptr::from_mut(&mut *guard);
        let views = self.views(guard);
        // SAFETY: `views` has the guard of the exclusive borrow, and lives for longer than this
        // reference. The guard itself is not used to reach the object again: `views` and the views
        // that it pins only drop it. The object is in an `Rc`, so it stays where it is.
        let object = unsafe { &mut *object };
        method(object, &views)
    }

    /// Passes a view to a method that reads it and returns views of what it borrows from.
    pub fn share<R>(
        &self,
        method: impl for<'v> FnOnce(&F::At<'v>, &Views<'v>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let object = self.0.object.try_borrow().map_err(|_| self.problem())?;
        method(&object, &self.shared_views()?)
    }

    /// Passes a view to a method that changes it and returns views of what it borrows from.
    pub fn share_mut<R>(
        &self,
        method: impl for<'v> FnOnce(&mut F::At<'v>, &Views<'v>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let mut object = self.0.object.try_borrow_mut().map_err(|_| self.problem())?;
        method(&mut object, &self.shared_views()?)
    }

    /// Passes a view itself to a method that takes it by value. What it borrows from is dropped
    /// after the method has returned, unless the method returns views of that.
    pub(crate) fn consume<R>(
        self,
        method: impl for<'v> FnOnce(F::At<'v>, &Views<'v>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let (problem, views) = (self.problem(), self.shared_views()?);
        let Pinned { object, borrow, .. } = Rc::try_unwrap(self.0).map_err(|_| problem)?;
        let outcome = method(object.into_inner(), &views);
        drop(borrow);
        outcome
    }

    /// Whether a view borrows the object.
    pub(crate) fn check_unborrowed(&self) -> Result<(), Failure> {
        if self.0.views.first().is_none() { Ok(()) } else { Err(self.problem()) }
    }

    /// Checks that no view borrows the object, and that nothing but the table and this value refers
    /// to it.
    pub(crate) fn check_sole(&self) -> Result<(), Failure> {
        self.check_unborrowed()?;
        if Rc::strong_count(&self.0) == 2 { Ok(()) } else { Err(self.problem()) }
    }

    fn check_depth(&self) -> Result<(), Failure> {
        if self.0.depth < MAX_DEPTH { Ok(()) } else { Err(Failure::Handle(HandleProblem::TooMany)) }
    }

    pub(crate) fn erased(&self) -> Rc<dyn Any> {
        self.0.clone()
    }

    pub(crate) fn of_erased(object: Rc<dyn Any>) -> Option<Self> {
        object.downcast().ok().map(Self)
    }

    /// The reason for which the object cannot be borrowed.
    #[cold]
    fn problem(&self) -> Failure {
        let borrowed = |view: &str| HandleProblem::Borrowed { view: view.to_owned() };
        Failure::Handle(self.0.views.first().map_or(HandleProblem::InUse, borrowed))
    }

    fn views<'o, G: 'static>(&self, guard: G) -> Views<'o> {
        let owner = Rc::new(BorrowedOwner { _guard: guard, owner: self.0.clone() });
        Views { owner, depth: self.0.depth + 1, brand: PhantomData }
    }

    /// Returns what takes views with the lifetime of this view. They share its borrow.
    ///
    /// `'v` is that of the view: the callers pass both to a closure that is generic over it.
    fn shared_views<'v>(&self) -> Result<Views<'v>, Failure> {
        let none = || Failure::Malformed { reason: "the object borrows from nothing".into() };
        let borrow = self.0.borrow.as_ref().ok_or_else(none)?;
        Ok(Views { owner: borrow.owner.clone(), depth: self.0.depth, brand: PhantomData })
    }

    /// Returns the cell with a lifetime that does not end.
    ///
    /// Every guard that is taken from it is stored in a `BorrowedOwner` with the `Rc`, or dropped
    /// while `self` is borrowed.
    fn lasting_cell(&self) -> &'static RefCell<F::At<'static>> {
        let cell = ptr::from_ref(&self.0.object);
        // SAFETY: the cell is in the allocation of the `Rc`, which does not move. It is not freed
        // while a guard exists: a `BorrowedOwner` drops its guard before its `Rc`.
        unsafe { &*cell }
    }
}

impl<T: 'static> ViewOwner<Whole<T>> {
    /// Pins an object that borrows nothing.
    pub(crate) fn of(object: T) -> Self {
        Self::pin(object, None, 0)
    }

    pub(crate) fn borrow(&self) -> Result<Ref<'_, T>, Failure> {
        self.0.object.try_borrow().map_err(|_| self.problem())
    }

    pub(crate) fn borrow_mut(&self) -> Result<RefMut<'_, T>, Failure> {
        self.0.object.try_borrow_mut().map_err(|_| self.problem())
    }

    /// Moves the object out. It must be the only reference to it.
    pub(crate) fn into_object(self) -> Result<T, Self> {
        Rc::try_unwrap(self.0).map(|pinned| pinned.object.into_inner()).map_err(Self)
    }
}

/// Takes the views that a method has returned, if they borrow from its object for `'o`.
pub struct Views<'o> {
    owner: Rc<dyn AnyOwner>,
    depth: usize,
    brand: PhantomData<fn(&'o ()) -> &'o ()>,
}

impl<'o> Views<'o> {
    /// Pins a view, which keeps the object borrowed until it is dropped. `name` is that of its
    /// type.
    pub(crate) fn pin<V: Family>(&self, view: V::At<'o>, name: &'static str) -> ViewOwner<V> {
        let borrow = ViewBorrow { owner: self.owner.clone(), view: name };
        borrow.owner.views().add(name);
        let view = ManuallyDrop::new(view);
        let erased: *const V::At<'static> = ptr::from_ref(&view).cast();
        // SAFETY: both types differ in a lifetime only, so they have one layout, and the value is
        // not dropped here. What it borrows for `'o` is valid until it is dropped: `borrow` has
        // the guard and the `Rc` of the owner, and `Pinned` drops it after the view. No code
        // can rely on the longer lifetime: `read`, `change`, `lend` and `consume` pass the view to
        // closures that are generic over it.
        let view = unsafe { erased.read() };
        ViewOwner::pin(view, Some(borrow), self.depth)
    }
}

impl<F: Family> fmt::Debug for ViewOwner<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewOwner").field("views", &self.0.views).finish_non_exhaustive()
    }
}

impl fmt::Debug for Views<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Views").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
