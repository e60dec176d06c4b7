//! Data that never changes again, in a file of its own: passed to any number of objects, mapped once in each, never copied.
//!
//! Knows numbers and sealed files; how a file gets to another process is for others.

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

/// Numbers, or other [`Plain`] values, that never change again, in memory of their own that any number of processes can have at once.
///
/// A struct such as a pixel is declared with [`plain!`](crate::plain): without that it cannot be passed, and the call says so.
///
/// A table or a model of a gigabyte that is given to eight objects takes one gigabyte. It dereferences to a slice. It is passed
/// where a method takes `&[T]` or `Shared<[T]>`, also nested in other types, and to constructors; a method may make one and return
/// it, and the result can be handed to other objects: no byte of it is touched on the way. It does not count towards
/// `max_input_size` and `max_output_size`. A clone, or a [`part`](Self::part), is another handle to the same memory.
///
/// Where a slice of a [`Shared`] is passed as `&[T]`, a part of less than 4 KiB is copied; so is what goes through any other
/// serializer than this library's. The memory is given back when the last handle, in whatever process, is gone; an object that
/// got it as an argument lets go of it when the caller's last handle is dropped.
///
/// # Descriptors
/// Each piece of shared memory takes one descriptor in every process that has it, until the last handle there is dropped. A process
/// leaves a quarter of its limit of open descriptors (`RLIMIT_NOFILE`, `ulimit -n`), at most 1,024, to its other code: shared memory
/// that arrives when fewer are free is refused. The call then fails with [`CallError::Decode`](crate::CallError::Decode), and
/// succeeds again once handles were dropped or the limit was raised.
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
pub struct Shared<L: ?Sized>(Place<L>);

enum Place<L: ?Sized> {
    /// A part of a file, in bytes.
    File { file: Arc<SharedFile>, offset: usize, len: usize },
    /// Too little to be worth a file.
    Here(Arc<L>),
}

/// What is no longer than this is not worth a file: it travels in its message anyway.
const SMALL_SIZE: usize = 64;

impl<T: Plain> Shared<[T]> {
    /// Copies the numbers into memory that can be shared.
    ///
    /// # Errors
    /// [`SharedError`], if there is no room, or a limit of this process forbids it.
    pub fn new(numbers: &[T]) -> Result<Self, SharedError> {
        Self::filled(numbers.len(), |room| room.copy_from_slice(numbers))
    }

    /// Makes room for so many numbers, all zero, and has them filled in place.
    ///
    /// All memory is taken before `fill` is called, which costs about a millisecond for four megabytes; so a lack of it is an
    /// error and no signal.
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
            return Ok(Self(Place::Here(numbers.into())));
        }
        let file = make(size, |bytes| fill(as_numbers_mut(bytes))).map_err(SharedError::making(size))?;
        Ok(Self(Place::File { file, offset: 0, len: size }))
    }

    /// A handle to a part of the numbers: no number is copied.
    ///
    /// # Panics
    /// If the range does not lie within, as for slices.
    #[must_use]
    pub fn part(&self, range: impl RangeBounds<usize>) -> Self {
        parts::part_of(self, range)
    }

    /// A part of a file that came from elsewhere; nothing if it is no whole number of numbers.
    pub(crate) fn of_file(file: Arc<SharedFile>, offset: usize, len: usize) -> Option<Self> {
        let bytes = file.bytes().get(offset..)?.get(..len)?;
        is_whole::<T>(bytes).then_some(Self(Place::File { file, offset, len }))
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
            Place::File { file, offset, len } => as_numbers(&file.bytes()[*offset..*offset + *len]),
            Place::Here(numbers) => numbers,
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
            Place::File { file, offset, len } => Place::File { file: file.clone(), offset: *offset, len: *len },
            Place::Here(numbers) => Place::Here(numbers.clone()),
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
