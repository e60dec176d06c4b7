//! The *declared types*: types besides numbers whose lists are sent as their bytes in memory. These
//! are the types of `plain!`, and short arrays of numbers.
//!
//! Problem: a serializer gets a `T: Serialize`, and cannot ask whether `T` is also [`Plain`]. A
//! table that is filled at the first use would not help: the reader may be the first to need the
//! type.
//!
//! Way: a registry that is filled before `main`. Each declaration adds the type's [`Form`] to a
//! list then. Later `init()` makes a table of the list, in which a type `T` is found by its
//! fingerprint: 64 bits of the id of `&T`. Both processes run the same executable, so both have the
//! same table. A message names a type by its fingerprint, which does not depend on the order of the
//! declarations.
//!
//! Knows types and their bytes; must not know messages.
//!
//! Invariant: a list is read as a declared type only if the fingerprint in the message is that of
//! the type. The id of the type must match too.

#![allow(unsafe_code)]

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::marker::PhantomData;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::Serialize;
use serde::de::{self, DeserializeOwned, Visitor};

use super::probe::visitor_of;
use super::{Bytes, DecodeError, share};
use crate::memory::plain::{Plain, bytes_of, check_type};
use crate::shared::travel::SharedVisitor;

/// A declared type.
#[derive(Clone, Copy)]
pub(in super::super) struct Declared(&'static dyn Form);

/// The operations on lists of one declared type, with the type erased.
trait Form: Sync {
    fn name(&self) -> &'static str;

    fn size(&self) -> usize;

    /// The id of the type `&T`.
    fn reference(&self) -> TypeId;

    /// Returns the bytes of a list; `None` if the type `list` is neither `&Vec<T>` nor `&[T]`.
    ///
    /// # Safety
    /// `place` points to a value of the type `list`, which is borrowed for `'x`.
    unsafe fn bytes_of<'x>(&self, list: TypeId, place: *const ()) -> Option<&'x [u8]>;

    /// Builds the list that this visitor makes, if it is serde's own for `Vec<T>`, or this crate's
    /// for `Shared<[T]>`.
    fn build(&self, visitor: TypeId, bytes: Bytes<'_>) -> Result<Option<Box<dyn Any>>, Box<DecodeError>>;

    /// Encodes one element with its `Serialize`, as MessagePack.
    fn encode_element(&self, element: &[u8]) -> Result<Vec<u8>, Box<DecodeError>>;
}

/// The form of the lists of `T`.
struct FormOf<T>(PhantomData<fn() -> T>);

impl<T: Plain + Serialize + DeserializeOwned> Form for FormOf<T> {
    fn name(&self) -> &'static str {
        type_name::<T>()
    }

    fn size(&self) -> usize {
        size_of::<T>()
    }

    fn reference(&self) -> TypeId {
        TypeId::of::<&'static T>()
    }

    // SAFETY: the trait's contract says that `place` points to a value of the type `list`.
    unsafe fn bytes_of<'x>(&self, list: TypeId, place: *const ()) -> Option<&'x [u8]> {
        let elements: &'x [T] = if list == TypeId::of::<&'static Vec<T>>() {
            // SAFETY: the value is a `&Vec<T>`: the ids are equal. The caller borrowed it for `'x`,
            // and the reference in it outlives that borrow.
            unsafe { *place.cast::<&'x Vec<T>>() }
        } else if list == TypeId::of::<&'static [T]>() {
            // SAFETY: the value is a `&[T]`: the ids are equal. The caller borrowed it for `'x`,
            // and the reference in it outlives that borrow.
            unsafe { *place.cast::<&'x [T]>() }
        } else {
            return None;
        };
        Some(bytes_of(elements))
    }

    fn build(&self, visitor: TypeId, bytes: Bytes<'_>) -> Result<Option<Box<dyn Any>>, Box<DecodeError>> {
        if visitor_of::<Vec<T>>() == Some(visitor) {
            return Ok(bytes.to_vec::<T>()?.map(|list| Box::new(list) as Box<dyn Any>));
        }
        if visitor == TypeId::of::<SharedVisitor<T>>() {
            return Ok(Some(Box::new(share::<T>(bytes)?)));
        }
        Ok(None)
    }

    fn encode_element(&self, element: &[u8]) -> Result<Vec<u8>, Box<DecodeError>> {
        let element = bytemuck::try_pod_read_unaligned::<T>(element).map_err(DecodeError::malformed)?;
        let mut encoded = Vec::new();
        let mut serializer = rmp_serde::Serializer::new(&mut encoded).with_human_readable().with_struct_map();
        element.serialize(&mut serializer).map_err(<Box<DecodeError> as de::Error>::custom)?;
        Ok(encoded)
    }
}

impl Declared {
    const fn of<T: Plain + Serialize + DeserializeOwned>() -> Self {
        check_type::<T>();
        Self(const { &FormOf::<T>(PhantomData) })
    }

    /// Returns the declared type that `R` is a reference to.
    #[inline(always)]
    pub(in super::super) fn of_reference<R>() -> Option<Self> {
        // A declared type is sized, so a reference to it is one word. For an `R` of another size
        // the compiler reduces this function to `None`.
        if size_of::<R>() != size_of::<usize>() {
            return None;
        }
        let id = typeid::of::<R>();
        Self::find(fingerprint(id)).filter(|declared| declared.0.reference() == id)
    }

    /// Returns the declared type with this fingerprint.
    pub(in super::super) fn find(fingerprint: u64) -> Option<Self> {
        TABLE.get_or_init(table).get(&fingerprint).copied()
    }

    pub(in super::super) fn fingerprint(self) -> u64 {
        fingerprint(self.0.reference())
    }

    pub(in super::super) fn size(self) -> usize {
        self.0.size()
    }

    /// See [`Form::encode_element`].
    pub(in super::super) fn encode_element(self, element: &[u8]) -> Result<Vec<u8>, Box<DecodeError>> {
        self.0.encode_element(element)
    }

    /// Returns the bytes of the list, if it is a `&Vec<T>` or a `&[T]` of this type.
    pub(super) fn bytes_of<I>(self, list: &I) -> Option<&[u8]> {
        // SAFETY: the pointer is that of `list`, which is an `I`, and the result borrows `list`.
        unsafe { self.0.bytes_of(typeid::of::<I>(), (&raw const *list).cast()) }
    }

    /// Builds the whole list, if the visitor is serde's own for `Vec<T>`, or this crate's for
    /// `Shared<[T]>`.
    pub(super) fn visit_whole<'de, V: Visitor<'de>>(
        self,
        bytes: Bytes<'de>,
    ) -> Result<Option<V::Value>, Box<DecodeError>> {
        Ok(self.0.build(typeid::of::<V>(), bytes)?.and_then(unboxed))
    }
}

/// Returns the content of the box, if it is a `T`.
fn unboxed<T>(value: Box<dyn Any>) -> Option<T> {
    if (*value).type_id() != typeid::of::<T>() {
        return None;
    }
    let value = Box::into_raw(value).cast::<T>();
    // SAFETY: the box holds a `T`: the ids are equal, as checked above. Only lifetimes could
    // differ, and the content, a list of plain values, has no reference whose lifetime could be
    // extended.
    let value = unsafe { Box::from_raw(value) };
    Some(*value)
}

impl PartialEq for Declared {
    fn eq(&self, other: &Self) -> bool {
        self.0.reference() == other.0.reference()
    }
}

impl Eq for Declared {}

impl fmt::Debug for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// Declares a type. [`plain!`](crate::plain) runs this before `main`.
pub fn declare<T: Plain + Serialize + DeserializeOwned>() {
    DECLARATIONS.lock().unwrap_or_else(PoisonError::into_inner).push(Declared::of::<T>());
}

/// The types that were declared before `main`. Each declaration locks the mutex before `main`, and
/// `init()` locks it once to make the table.
static DECLARATIONS: Mutex<Vec<Declared>> = Mutex::new(Vec::new());

type FormTable = HashMap<u64, Declared, BuildHasherDefault<IdentityHasher>>;

/// The declared types by fingerprint. `init()` makes the table while the process has one thread, so
/// no forked copy inherits it half made.
static TABLE: OnceLock<FormTable> = OnceLock::new();

fn table() -> FormTable {
    let declarations = DECLARATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    SHORT_ARRAYS.iter().chain(declarations.iter()).map(|declared| (declared.fingerprint(), *declared)).collect()
}

/// Makes the table. `init()` calls this before the process has other threads.
pub(crate) fn prepare() {
    TABLE.get_or_init(table);
}

macro_rules! short_arrays {
    ($($number:ty)*) => {
        [$(Declared::of::<[$number; 2]>(), Declared::of::<[$number; 3]>(), Declared::of::<[$number; 4]>(),)*]
    };
}

/// Points, pixels, complex numbers, triangles: types that are common enough to need no declaration.
static SHORT_ARRAYS: [Declared; 21] = short_arrays! { u8 u16 u32 i16 i32 f32 f64 };

/// Returns 64 bits of the id of `&T`.
#[inline]
fn fingerprint(reference: TypeId) -> u64 {
    let mut hasher = IdentityHasher::default();
    reference.hash(&mut hasher);
    hasher.finish()
}

/// A hasher that returns its input: the ids of types are already random.
#[derive(Default)]
struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }
}

/// The error text for a `Shared` list of a type that is not declared.
pub(crate) fn undeclared(name: &str) -> String {
    format!("lists of `{name}` are not known to be plain: write `concurrent_object::plain!({name});` next to the type")
}
