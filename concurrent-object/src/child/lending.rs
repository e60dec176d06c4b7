//! An object of a process whose methods return views of it.
//!
//! Problem: the serving loop owns its object, and calls all methods with `&mut`; a view would then
//! be invalid. Way: the loop owns a `Lending` in place of the object, which pins the object and
//! checks its borrows. Other objects are served as before. Invariant: the object is moved or
//! replaced only while no view borrows it.

use super::owner::{ViewOwner, Whole};
use super::{Answer, ArgumentReader, ConcurrentObject, Reply};
use crate::protocol::failure::Failure;

/// A pinned object, from which views can borrow.
#[derive(Debug)]
pub(crate) struct Lending<T: 'static>(ViewOwner<Whole<T>>);

impl<T: ConcurrentObject> Lending<T> {
    pub(crate) fn new(object: T) -> Self {
        Self(ViewOwner::of(object))
    }
}

impl<T: ConcurrentObject> ConcurrentObject for Lending<T> {
    const CONSUMING: &'static [u32] = T::CONSUMING;
    const REPLACING: &'static [u32] = T::REPLACING;
    const SAVES: bool = T::SAVES;

    fn construct(constructor: u32, arguments: &mut ArgumentReader<'_>) -> Result<Self, Failure> {
        T::construct(constructor, arguments).map(Self::new)
    }

    fn call(&mut self, method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
        T::call_lending(&self.0, method, arguments, reply)
    }

    fn save(&mut self, state: &mut Answer<'_>) -> Result<(), Failure> {
        self.0.borrow_mut()?.save(state)
    }

    /// The object's last call: if it is refused, the object ends all the same.
    fn consume(self, method: u32, arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
        self.0.check_unborrowed()?;
        let object = self.0.into_object();
        object.map_err(|_| lost())?.consume(method, arguments, reply)
    }

    fn replace(
        held: &mut Option<Self>,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        held.as_ref().map_or(Ok(()), |held| held.0.check_unborrowed())?;
        let mut object = match held.take().map(|lending| lending.0.into_object()) {
            Some(Ok(object)) => Some(object),
            Some(Err(owner)) => {
                *held = Some(Self(owner));
                return Err(lost());
            }
            None => None,
        };
        let outcome = T::replace(&mut object, method, arguments, reply);
        *held = object.map(Self::new);
        outcome
    }
}

/// The failure for an object without views that something else refers to.
fn lost() -> Failure {
    Failure::Malformed { reason: "the object is in use, but no view borrows it".into() }
}
