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

mod used;

use std::any::Any;
use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::rc::Rc;

pub use self::used::Used;
use super::owner::{ViewOwner, Whole};
use super::{ArgumentReader, Reply, cancel};
use crate::error::HandleProblem;
use crate::protocol::failure::Failure;
use crate::protocol::handle_key::{HandleKey, Released};

/// The most objects that a child keeps.
const MAX_KEPT: usize = 1 << 20;

/// A type whose objects stay in the child, while the parent has handles to them. Implement it with
/// `#[concurrent_object(handle)]` only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no handles",
    note = "write `#[concurrent_object(handle)]` on the impl block with its methods",
    note = "if it borrows from the object that returns it, list it as `handles(Type<'_>)` there, or write its lifetime in the result: `Type<'_>`"
)]
pub trait HandleObject: Sized + 'static {
    /// The numbers of the methods that take `self` by value.
    const CONSUMING: &'static [u32] = &[];

    /// Whether a method returns views of the object. Then `call_lending` calls the methods.
    const LENDS: bool = false;

    /// Calls the method of this number, and sends its result.
    fn call_kept(
        &mut self,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (arguments, reply);
        Err(Failure::no_method(method))
    }

    /// Calls the method of this number of an object from which views borrow, and sends its result.
    fn call_lending(
        owner: &ViewOwner<Whole<Self>>,
        method: u32,
        arguments: &mut ArgumentReader<'_>,
        reply: &mut Reply<'_>,
    ) -> Result<(), Failure> {
        let _ = (owner, arguments, reply);
        Err(Failure::no_method(method))
    }

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
pub(super) struct KeptObject {
    /// An erased `ViewOwner`.
    pub(super) object: Rc<dyn Any>,
    pub(super) run: Run,
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
    insert_kept(KeptObject { object: ViewOwner::of(object).erased(), run: run::<T> })
}

pub(super) fn insert_kept(kept: KeptObject) -> HandleKey {
    TABLE.with_borrow_mut(|table| table.insert(kept))
}

pub(super) fn find_kept(key: HandleKey) -> Option<KeptObject> {
    TABLE.with_borrow(|table| table.find(key).cloned())
}

/// Takes an object out of the table. The caller drops it outside of the table's borrow.
pub(super) fn remove_kept(key: HandleKey) -> Option<KeptObject> {
    TABLE.with_borrow_mut(|table| table.remove(key))
}

/// Keeps an object whose handle has no methods, and returns its key.
pub fn keep_opaque<T: 'static>(object: T) -> HandleKey {
    let run: Run = |_, method, _, _| Err(Failure::no_method(method));
    insert_kept(KeptObject { object: ViewOwner::of(object).erased(), run })
}

/// An object that a method returns by reference, and of which the child keeps a copy.
#[diagnostic::on_unimplemented(
    message = "the child cannot keep a copy of `{Self}` for a handle",
    label = "the method lends this object, so it is copied",
    note = "add `#[derive(Clone)]` to it, or return it by value",
    note = "or write `#[concurrent_object(skip)]` on the function, which leaves it out"
)]
pub trait KeptCopy {
    /// Keeps a copy, and returns its key.
    fn keep_copy(&self) -> HandleKey
    where
        Self: HandleObject;
    /// Keeps a copy whose handle has no methods, and returns its key.
    fn keep_opaque_copy(&self) -> HandleKey;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + 'static> KeptCopy for T {
    fn keep_copy(&self) -> HandleKey
    where
        T: HandleObject,
    {
        keep(self.clone())
    }

    fn keep_opaque_copy(&self) -> HandleKey {
        keep_opaque(self.clone())
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
    if T::LENDS {
        return T::call_lending(&used.owner, method, arguments, reply);
    }
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
        drop(remove_kept(key));
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

/// Keeps all objects until the process has exited. The C library's `exit` would drop the table,
/// which is a thread-local.
pub(crate) fn forget_all() {
    TABLE.with_borrow_mut(|table| mem::forget(mem::take(&mut table.entries)));
}

#[cfg(test)]
mod tests;
