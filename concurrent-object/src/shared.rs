//! Immutable data in sealed memory files, which any number of processes map instead of copying.
//!
//! Knows plain values and sealed files; must not know how a file gets to another process.
//!
//! Invariant: the content of a [`Shared`] never changes after its `fill` function returns.

pub(crate) mod file;
mod parts;
pub(crate) mod referred;
pub(crate) mod share;
pub(crate) mod travel;

use std::fmt;
use std::ops::{Deref, RangeBounds};
use std::sync::Arc;

use self::file::{SharedFile, open};
use crate::error::SharedError;
use crate::memory::Foreign;
use crate::memory::plain::{Plain, as_numbers, as_numbers_mut, check_type, is_whole};
use crate::memory::sealed::Unsealed;

/// Immutable numbers, or other [`Plain`] values, in memory that any number of processes can map at
/// once.
///
/// A table of one gigabyte takes one gigabyte of memory, even if eight objects get it. A `Shared`
/// dereferences to a slice. A clone, or a [`part`](Self::part), is another handle to the same
/// memory.
///
/// A `Shared` can be passed where a method or a constructor takes `&[T]` or `Shared<[T]>`, also
/// nested in other types. A method may create one and return it, and the caller can pass the result
/// to other objects. No byte is copied on the way. Its bytes do not count towards `max_input_size`
/// and `max_output_size`.
///
/// A struct such as a pixel must be declared with [`plain!`](crate::plain). Without that, a call
/// that passes a list of it fails, and the error says so.
///
/// Two cases are copied. One is a part of less than 4 KiB that is passed as `&[T]`. The other is a
/// `Shared` that is written by another serializer than this library's.
///
/// The memory is freed when the last handle in any process is dropped. The process of an object
/// that got it as an argument keeps a handle too. It drops that one when the caller's process has
/// dropped its last handle.
///
/// # Descriptors
/// Each piece of shared memory takes one descriptor in every process that has it, until the last
/// handle there is dropped. A process keeps a quarter of its limit of open descriptors
/// (`RLIMIT_NOFILE`, `ulimit -n`), at most 1,024, for its other code. Shared memory that arrives
/// when fewer descriptors are free is refused. The call then fails with
/// [`CallError::Decode`](crate::CallError::Decode). It succeeds again once handles were dropped or
/// the limit was raised.
///
/// # Examples
/// ```
/// use concurrent_object::Shared;
/// # use concurrent_object::concurrent_object;
///
/// struct Interpolator {
///     table: Shared<[f64]>,
/// }
///
/// #[concurrent_object]
/// impl Interpolator {
///     pub fn new(table: Shared<[f64]>) -> Self {
///         Self { table }
///     }
///
///     pub fn at(&self, place: f64) -> f64 {
///         let (index, rest) = (place as usize, place.fract());
///         self.table[index] * (1.0 - rest) + self.table[index + 1] * rest
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     concurrent_object::init();
///     let table = Shared::<[f64]>::filled(1000, |table| {
///         table.iter_mut().enumerate().for_each(|(at, value)| *value = (at * at) as f64);
///     })?;
///     let one = InterpolatorProxy::builder("one").start(table.clone())?;
///     let two = InterpolatorProxy::builder("two").start(table)?;
///     assert_eq!(one.at(2.5).wait()? + two.at(10.0).wait()?, 6.5 + 100.0);
///     Ok(())
/// }
/// ```
pub struct Shared<L: ?Sized>(SharedPlace<L>);

/// Where the values are.
enum SharedPlace<L: ?Sized> {
    /// A part of a file, in bytes.
    File { file: Arc<SharedFile>, offset: usize, len: usize },
    /// On the heap: a list too short to be worth a file.
    Here(Arc<L>),
}

/// The limit in bytes of a list that gets no file. Such a list lies inline in its message anyway.
const SMALL_SIZE: usize = 64;

impl<T: Plain> Shared<[T]> {
    /// Copies the numbers into shared memory.
    ///
    /// # Errors
    /// [`SharedError`], if there is not enough memory, or a limit of this process forbids it.
    pub fn new(numbers: &[T]) -> Result<Self, SharedError> {
        Self::filled(numbers.len(), |room| room.copy_from_slice(numbers))
    }

    /// Allocates shared memory for `len` numbers, all zero, and calls `fill` to write them in
    /// place.
    ///
    /// All memory is allocated before `fill` is called, which costs about a millisecond for four
    /// megabytes. So a lack of memory is an error here, and not a signal later.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn filled(len: usize, fill: impl FnOnce(&mut [T])) -> Result<Self, SharedError> {
        check_type::<T>();
        let size = len.checked_mul(size_of::<T>()).filter(|&size| isize::try_from(size).is_ok());
        let size = size.ok_or(SharedError::TooLarge { len })?;
        if let Some(zeros) = [0; SMALL_SIZE].get(..size) {
            let mut numbers = Foreign::of(zeros).to_plain_vec().unwrap_or_default();
            fill(&mut numbers);
            return Ok(Self(SharedPlace::Here(numbers.into())));
        }
        let file = make(size, |bytes| fill(as_numbers_mut(bytes))).map_err(SharedError::making(size))?;
        Ok(Self(SharedPlace::File { file, offset: 0, len: size }))
    }

    /// Returns a handle to a part of the numbers. No number is copied.
    ///
    /// # Panics
    /// If the range is out of bounds, as for slices.
    #[must_use]
    pub fn part(&self, range: impl RangeBounds<usize>) -> Self {
        parts::part_of(self, range)
    }

    /// Returns a handle to a part of a file from another process. `None` if the part is out of
    /// bounds, misaligned, or not a whole number of elements.
    pub(crate) fn of_file(file: Arc<SharedFile>, offset: usize, len: usize) -> Option<Self> {
        let bytes = file.bytes().get(offset..)?.get(..len)?;
        is_whole::<T>(bytes).then_some(Self(SharedPlace::File { file, offset, len }))
    }
}

fn make(size: usize, fill: impl FnOnce(&mut [u8])) -> std::io::Result<Arc<SharedFile>> {
    let mut file = Unsealed::new("concurrent-object:shared")?;
    file.fill(size, fill)?;
    open(file.seal()?)
}

impl<T: Plain> Deref for Shared<[T]> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            SharedPlace::File { file, offset, len } => as_numbers(&file.bytes()[*offset..*offset + *len]),
            SharedPlace::Here(numbers) => numbers,
        }
    }
}

impl<T: Plain> AsRef<[T]> for Shared<[T]> {
    fn as_ref(&self) -> &[T] {
        self
    }
}

impl<L: ?Sized> Clone for Shared<L> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            SharedPlace::File { file, offset, len } => {
                SharedPlace::File { file: file.clone(), offset: *offset, len: *len }
            }
            SharedPlace::Here(numbers) => SharedPlace::Here(numbers.clone()),
        })
    }
}

impl<T: Plain + PartialEq> PartialEq for Shared<[T]> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Plain + Eq> Eq for Shared<[T]> {}

impl<'s, T: Plain> IntoIterator for &'s Shared<[T]> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Plain> fmt::Debug for Shared<[T]> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("len", &self.len()).finish_non_exhaustive()
    }
}
