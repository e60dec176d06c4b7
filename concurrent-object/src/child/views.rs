//! Views in the table of handles: values that borrow from another object of the child.
//!
//! Knows the table and the calls of views; the borrows themselves are `owner`'s. Invariant: a view
//! is in the table with its borrow, so whatever drops its entry releases its owner.

use super::handles::{KeptObject, find_kept, insert_kept, remove_kept};
use super::owner::{Family, ViewOwner, Views};
use super::{ArgumentReader, Reply};
use crate::error::HandleProblem;
use crate::protocol::failure::Failure;
use crate::protocol::handle_key::HandleKey;

/// A type whose values borrow from another object, and stay in the child while the parent has
/// handles to them. Implement it with `#[concurrent_object(handle)]` only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no handles that borrow",
    label = "a method returns it with a lifetime",
    note = "write `#[concurrent_object(handle)]` on `impl Type<'_>`, the block with its methods"
)]
pub trait ViewObject: Family + Sized {
    /// The name of the type.
    const NAME: &'static str;

    /// The numbers of the methods that take `self` by value.
    const CONSUMING: &'static [u32] = &[];

    /// Calls the method of this number, and sends its result.
    fn call_view(
        view: &ViewOwner<Self>,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure>;

    /// Takes the view out of the table after the arguments were read, calls the method of this
    /// number with it, and sends its result.
    fn consume_view(
        key: HandleKey,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (key, arguments, reply);
        Err(Failure::no_method(method))
    }
}

impl<'o> Views<'o> {
    /// Keeps a view in the table, and returns its key.
    pub fn keep<V: ViewObject>(&self, view: V::At<'o>) -> HandleKey {
        let view = self.pin::<V>(view, V::NAME);
        insert_kept(KeptObject { object: view.erased(), run: run::<V> })
    }
}

/// Takes a view out of the table, and passes it to a method that takes it by value. Its handles are
/// then stale.
pub fn take_view<V: ViewObject, R>(
    key: HandleKey,
    method: impl for<'v> FnOnce(V::At<'v>, &Views<'v>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let view = find::<V>(key)?;
    view.check_sole()?;
    drop(remove_kept(key));
    view.consume(method)
}

fn find<V: ViewObject>(key: HandleKey) -> Result<ViewOwner<V>, Failure> {
    let found = find_kept(key).and_then(|kept| ViewOwner::of_erased(kept.object));
    found.ok_or(Failure::Handle(HandleProblem::Stale))
}

fn run<V: ViewObject>(
    key: HandleKey,
    method: u32,
    arguments: &mut ArgumentReader<'_>,
    reply: &mut Reply<'_>,
) -> Result<(), Failure> {
    if V::CONSUMING.contains(&method) {
        return V::consume_view(key, method, arguments, reply);
    }
    V::call_view(&find(key)?, method, arguments, reply)
}
