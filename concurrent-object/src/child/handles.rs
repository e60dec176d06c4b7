//! The objects that the child keeps because the parent has handles to them.
//!
//! Problem: a method returns an object that cannot leave the process, such as a connection. Way: it
//! stays in a table of this thread, and the parent gets its key. The key is a *generational index*,
//! with a random number of the process: a key that was released, or that an earlier process gave
//! out, finds nothing.
//!
//! Knows objects as `dyn Any`; the generated code knows their types. Invariants: an object is
//! dropped when its handle is released, when the result that named it was dropped unread, or before
//! the object that the child serves. No code of the user runs while the table is borrowed.

use std::any::Any;
use std::cell::{Ref, RefCell, RefMut};
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::rc::Rc;

use super::{ArgumentReader, Reply, cancel};
use crate::error::HandleProblem;
use crate::protocol::failure::Failure;
use crate::protocol::handle_key::{HandleKey, Released};

/// The most objects that a child keeps.
const MAX_KEPT: usize = 1 << 20;

/// A type whose objects stay in the child, while the parent has handles to them. Implement it with
/// `#[concurrent_object(handle)]` only.
pub trait HandleObject: Sized + 'static {
    /// The numbers of the methods that take `self` by value.
    const CONSUMING: &'static [u32] = &[];

    /// Calls the method of this number, and sends its result.
    fn call_kept(
        &mut self,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure>;

    /// Takes the object out of the table after the arguments were read, calls the method of this
    /// number with it, and sends its result.
    fn consume_kept(
        key: HandleKey,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (key, arguments, reply);
        Err(Failure::no_method(method))
    }
}

type Run = fn(HandleKey, u32, &mut ArgumentReader<'_>, &mut Reply<'_>) -> Result<(), Failure>;

struct KeptEntry {
    generation: u32,
    /// The call whose result named the object first.
    call: u64,
    kept: Option<KeptObject>,
}

#[derive(Clone)]
struct KeptObject {
    /// A `RefCell<T>`.
    object: Rc<dyn Any>,
    run: Run,
}

struct HandleTable {
    process: u64,
    entries: Vec<KeptEntry>,
    free: Vec<u32>,
}

thread_local! {
    static TABLE: RefCell<HandleTable> = RefCell::new(HandleTable::new());
}

impl HandleTable {
    fn new() -> Self {
        Self { process: RandomState::new().hash_one(0_u64), entries: Vec::new(), free: Vec::new() }
    }

    fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    fn insert(&mut self, kept: KeptObject) -> HandleKey {
        let index = self.free.pop().unwrap_or_else(|| {
            self.entries.push(KeptEntry { generation: 0, call: 0, kept: None });
            (self.entries.len() - 1) as u32
        });
        let entry = &mut self.entries[index as usize];
        (entry.call, entry.kept) = (cancel::running(), Some(kept));
        HandleKey { process: self.process, index, generation: entry.generation }
    }

    fn find(&self, key: HandleKey) -> Option<&KeptObject> {
        let entry = self.entries.get(key.index as usize)?;
        let is_same = key.process == self.process && key.generation == entry.generation;
        entry.kept.as_ref().filter(|_| is_same)
    }

    fn remove(&mut self, key: HandleKey) -> Option<KeptObject> {
        self.find(key)?;
        let entry = &mut self.entries[key.index as usize];
        // A position whose generations are used up is never used again.
        if let Some(next) = entry.generation.checked_add(1) {
            entry.generation = next;
            self.free.push(key.index);
        }
        entry.kept.take()
    }

    /// Returns the keys of the objects that these calls, which are sorted, named first.
    fn named_by(&self, calls: &[u64]) -> Vec<HandleKey> {
        let entries = self.entries.iter().enumerate();
        let named = entries.filter(|(_, entry)| entry.kept.is_some() && calls.binary_search(&entry.call).is_ok());
        let key = |(index, entry): (usize, &KeptEntry)| HandleKey {
            process: self.process,
            index: index as u32,
            generation: entry.generation,
        };
        named.map(key).collect()
    }
}

/// Checks that there is room for another object, before a method that returns one is called.
pub fn check_room() -> Result<(), Failure> {
    if TABLE.with_borrow(HandleTable::len) < MAX_KEPT { Ok(()) } else { Err(Failure::Handle(HandleProblem::TooMany)) }
}

/// Keeps an object, and returns its key.
pub fn keep<T: HandleObject>(object: T) -> HandleKey {
    let object: Rc<dyn Any> = Rc::new(RefCell::new(object));
    TABLE.with_borrow_mut(|table| table.insert(KeptObject { object, run: run::<T> }))
}

/// An object that a call uses: a handle among its arguments.
#[derive(Debug)]
pub struct Used<T> {
    key: HandleKey,
    object: Rc<RefCell<T>>,
}

impl<T: HandleObject> Used<T> {
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

/// Calls a method of a kept object. The message begins with the key and the method's number.
pub(crate) fn call(arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
    let (key, method) = (arguments.take::<HandleKey>("self")?, arguments.take::<u32>("self")?);
    let run = TABLE.with_borrow(|table| table.find(key).map(|kept| kept.run));
    run.ok_or(Failure::Handle(HandleProblem::Stale))?(key, method, arguments, reply)
}

fn run<T: HandleObject>(
    key: HandleKey,
    method: u32,
    arguments: &mut ArgumentReader<'_>,
    reply: &mut Reply<'_>,
) -> Result<(), Failure> {
    if T::CONSUMING.contains(&method) {
        return T::consume_kept(key, method, arguments, reply);
    }
    let used = Used::<T>::find(key)?;
    used.get_mut()?.call_kept(method, arguments, reply)
}

/// Drops the objects that the parent no longer needs.
pub(crate) fn release(arguments: &mut ArgumentReader<'_>, reply: &mut Reply<'_>) -> Result<(), Failure> {
    let Released { mut keys, mut calls } = arguments.take("")?;
    arguments.end()?;
    calls.sort_unstable();
    if !calls.is_empty() {
        keys.extend(TABLE.with_borrow(|table| table.named_by(&calls)));
    }
    for key in keys {
        // The object is dropped here, outside of the table's borrow.
        drop(TABLE.with_borrow_mut(|table| table.remove(key)));
    }
    reply.send(&())
}

/// Drops all kept objects, before the object that the child serves.
pub(crate) fn drop_all() {
    let entries = TABLE.with_borrow_mut(|table| {
        table.free.clear();
        mem::take(&mut table.entries)
    });
    drop(entries);
}

#[cfg(test)]
mod tests {
    use super::{HandleTable, KeptObject, Rc, RefCell};
    use crate::protocol::failure::Failure;

    fn kept(value: u32) -> KeptObject {
        KeptObject { object: Rc::new(RefCell::new(value)), run: |_, _, _, _| Err(Failure::none()) }
    }

    fn value(kept: Option<&KeptObject>) -> Option<u32> {
        kept.map(|kept| *kept.object.downcast_ref::<RefCell<u32>>().expect("a number").borrow())
    }

    #[test]
    fn a_released_key_finds_nothing_even_if_its_place_is_used_again() {
        let mut table = HandleTable::new();
        let first = table.insert(kept(1));
        assert_eq!(value(table.find(first)), Some(1));
        assert!(table.remove(first).is_some());
        let second = table.insert(kept(2));
        assert_eq!((first.index, table.len()), (second.index, 1));
        assert_eq!(value(table.find(first)), None);
        assert!(table.remove(first).is_none());
        assert_eq!(value(table.find(second)), Some(2));
    }

    #[test]
    fn a_key_of_another_process_finds_nothing() {
        let (mut one, mut other) = (HandleTable::new(), HandleTable::new());
        let (key, same_place) = (one.insert(kept(1)), other.insert(kept(2)));
        assert_eq!((key.index, key.generation), (same_place.index, same_place.generation));
        assert_eq!(value(other.find(key)), None);
    }

    #[test]
    fn a_place_whose_generations_are_used_up_is_never_used_again() {
        let mut table = HandleTable::new();
        let mut key = table.insert(kept(1));
        table.entries[0].generation = u32::MAX;
        key.generation = u32::MAX;
        assert!(table.remove(key).is_some());
        assert_eq!(table.insert(kept(2)).index, 1);
        assert_eq!(value(table.find(key)), None);
    }
}
