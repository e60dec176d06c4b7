//! The types besides numbers whose lists travel as they lie in memory: those of `plain!`, and short arrays of numbers.
//!
//! A serializer is shown a `T: Serialize`, and cannot ask whether `T` has another trait. So each declaration leaves the type's
//! [`Form`] in a list before `main` runs, and the first question makes a table of them, in which types are found by their ids. Both
//! processes run the same executable, so both have the same table. A message names the type by its fingerprint, which
//! does not depend on the order of the declarations.

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

/// What must be known of a type to write and to read its lists.
trait Form: Sync {
    fn name(&self) -> &'static str;

    fn size(&self) -> usize;

    /// The type `&T`.
    fn reference(&self) -> TypeId;

    /// The bytes of a list; `None` if the type `list` is neither `&Vec<T>` nor `&[T]`.
    ///
    /// # Safety
    /// At `place` is a value of the type `list`, which is borrowed for `'x`.
    unsafe fn bytes_of<'x>(&self, list: TypeId, place: *const ()) -> Option<&'x [u8]>;

    /// The list that this visitor makes, if it is serde's own for `Vec<T>` or ours for `Shared<[T]>`.
    fn build(&self, visitor: TypeId, bytes: Bytes<'_>) -> Result<Option<Box<dyn Any>>, Box<DecodeError>>;

    /// One element as its `Serialize` writes it, as MessagePack.
    fn spell(&self, element: &[u8]) -> Result<Vec<u8>, Box<DecodeError>>;
}

/// The form of the lists of `T`.
struct Of<T>(PhantomData<fn() -> T>);

impl<T: Plain + Serialize + DeserializeOwned> Form for Of<T> {
    fn name(&self) -> &'static str {
        type_name::<T>()
    }

    fn size(&self) -> usize {
        size_of::<T>()
    }

    fn reference(&self) -> TypeId {
        TypeId::of::<&'static T>()
    }

    // SAFETY: the caller keeps the trait's contract: at `place` is a value of the type `list`.
    unsafe fn bytes_of<'x>(&self, list: TypeId, place: *const ()) -> Option<&'x [u8]> {
        let elements: &'x [T] = if list == TypeId::of::<&'static Vec<T>>() {
            // SAFETY: the value is a `&Vec<T>`, whose own lifetime is at least `'x`, for which it is borrowed.
            unsafe { *place.cast::<&'x Vec<T>>() }
        } else if list == TypeId::of::<&'static [T]>() {
            // SAFETY: the value is a `&[T]`, whose own lifetime is at least `'x`, for which it is borrowed.
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

    fn spell(&self, element: &[u8]) -> Result<Vec<u8>, Box<DecodeError>> {
        let element = bytemuck::try_pod_read_unaligned::<T>(element).map_err(DecodeError::malformed)?;
        let mut spelled = Vec::new();
        let mut serializer = rmp_serde::Serializer::new(&mut spelled).with_human_readable().with_struct_map();
        element.serialize(&mut serializer).map_err(<Box<DecodeError> as de::Error>::custom)?;
        Ok(spelled)
    }
}

impl Declared {
    const fn of<T: Plain + Serialize + DeserializeOwned>() -> Self {
        check_type::<T>();
        Self(const { &Of::<T>(PhantomData) })
    }

    /// The declared type that `R` is a reference to.
    #[inline(always)]
    pub(in super::super) fn of_reference<R>() -> Option<Self> {
        // Held to what has a size are one word. For anything else, the answer is known to the compiler.
        if size_of::<R>() != size_of::<usize>() {
            return None;
        }
        let id = typeid::of::<R>();
        Self::find(fingerprint(id)).filter(|declared| declared.0.reference() == id)
    }

    /// The declared type with this fingerprint.
    pub(in super::super) fn find(fingerprint: u64) -> Option<Self> {
        TABLE.get_or_init(table).get(&fingerprint).copied()
    }

    pub(in super::super) fn fingerprint(self) -> u64 {
        fingerprint(self.0.reference())
    }

    pub(in super::super) fn size(self) -> usize {
        self.0.size()
    }

    /// See [`Form::spell`].
    pub(in super::super) fn spell(self, element: &[u8]) -> Result<Vec<u8>, Box<DecodeError>> {
        self.0.spell(element)
    }

    /// The bytes of the list, if it is a `&Vec<T>` or a `&[T]` of this type.
    pub(super) fn bytes_of<I>(self, list: &I) -> Option<&[u8]> {
        // SAFETY: the place is that of `list`, which is an `I` and borrowed for as long as the result.
        unsafe { self.0.bytes_of(typeid::of::<I>(), (&raw const *list).cast()) }
    }

    /// The whole list, if the visitor is serde's own for `Vec<T>`, or ours for `Shared<[T]>`.
    pub(super) fn visit_whole<'de, V: Visitor<'de>>(
        self,
        bytes: Bytes<'de>,
    ) -> Result<Option<V::Value>, Box<DecodeError>> {
        Ok(self.0.build(typeid::of::<V>(), bytes)?.and_then(unboxed))
    }
}

/// What is in the box, if it is a `T`.
fn unboxed<T>(value: Box<dyn Any>) -> Option<T> {
    if (*value).type_id() != typeid::of::<T>() {
        return None;
    }
    let value = Box::into_raw(value).cast::<T>();
    // SAFETY: the box held a `T`: the ids are equal. Only lifetimes could differ, and what is in it, a list of plain values, has no
    // reference whose lifetime could be stretched.
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

/// What [`plain!`](crate::plain) does before `main`.
pub fn declare<T: Plain + Serialize + DeserializeOwned>() {
    DECLARATIONS.lock().unwrap_or_else(PoisonError::into_inner).push(Declared::of::<T>());
}

/// What was declared before `main`. It is locked there, and once for the table.
static DECLARATIONS: Mutex<Vec<Declared>> = Mutex::new(Vec::new());

type Table = HashMap<u64, Declared, BuildHasherDefault<Direct>>;

/// By fingerprint. The first question is asked by `init()`, so no fork finds it half made.
static TABLE: OnceLock<Table> = OnceLock::new();

fn table() -> Table {
    let declarations = DECLARATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    SHORT_ARRAYS.iter().chain(declarations.iter()).map(|declared| (declared.fingerprint(), *declared)).collect()
}

/// Makes the table, before there are other threads.
pub(crate) fn prepare() {
    TABLE.get_or_init(table);
}

macro_rules! short_arrays {
    ($($number:ty)*) => {
        [$(Declared::of::<[$number; 2]>(), Declared::of::<[$number; 3]>(), Declared::of::<[$number; 4]>(),)*]
    };
}

/// Points, pixels, complex numbers, triangles: what is common enough to be known without a declaration.
static SHORT_ARRAYS: [Declared; 21] = short_arrays! { u8 u16 u32 i16 i32 f32 f64 };

/// 64 bits of the id of `&T`.
#[inline]
fn fingerprint(reference: TypeId) -> u64 {
    let mut hasher = Direct::default();
    reference.hash(&mut hasher);
    hasher.finish()
}

/// Takes what is hashed for its hash: ids of types are random already.
#[derive(Default)]
struct Direct(u64);

impl Hasher for Direct {
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

/// Why a list cannot be shared.
pub(crate) fn undeclared(name: &str) -> String {
    format!("lists of `{name}` are not known to be plain: write `concurrent_object::plain!({name});` next to the type")
}
