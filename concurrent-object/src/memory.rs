//! Memory that two processes share: views of it, the files behind it, and how they are mapped.
//!
//! Knows addresses and lengths; knows nothing of what the bytes mean. Invariant: no reference ever
//! points into memory that the other process may write. Such memory is copied through raw pointers.

#![allow(unsafe_code)]

pub(crate) mod snapshot_buffer;

pub(crate) mod fork;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod lack;
pub(crate) mod limits;
pub(crate) mod once;
pub(crate) mod plain;
pub(crate) mod sealed;
pub(crate) mod segment;
pub(crate) mod stack;

use std::marker::PhantomData;
use std::ptr::{self, NonNull};

pub use self::plain::Plain;

/// Memory that another process may write at any moment. It can be copied, never referenced.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Foreign<'m> {
    base: NonNull<u8>,
    len: usize,
    mapping: PhantomData<&'m ()>,
}

impl<'m> Foreign<'m> {
    /// # Safety
    /// The `len` bytes from `base` must stay mapped and readable for `'m`.
    pub(crate) unsafe fn new(base: NonNull<u8>, len: usize) -> Self {
        Self { base, len, mapping: PhantomData }
    }

    /// Returns a view of private bytes.
    #[inline]
    pub(crate) fn of(bytes: &'m [u8]) -> Self {
        Self { base: NonNull::from(bytes).cast(), len: bytes.len(), mapping: PhantomData }
    }

    #[inline]
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// Returns the part of `len` bytes from `offset`, or `None` if it does not lie within.
    #[inline]
    pub(crate) fn slice(self, offset: usize, len: usize) -> Option<Foreign<'m>> {
        if offset.checked_add(len)? > self.len {
            return None;
        }
        // SAFETY: `offset <= offset + len <= self.len`, checked above, and `self` is one mapping.
        let base = unsafe { self.base.add(offset) };
        Some(Self { base, len, mapping: PhantomData })
    }

    /// Copies everything into `out`. Returns `false` and copies nothing if the lengths differ.
    #[inline]
    pub(crate) fn copy_to(self, out: &mut [u8]) -> bool {
        if out.len() != self.len {
            return false;
        }
        // SAFETY: both have `self.len` bytes, checked above; `out` is exclusively borrowed, so it
        // is not part of the mapping.
        unsafe { ptr::copy_nonoverlapping(self.base.as_ptr(), out.as_mut_ptr(), self.len) };
        true
    }

    /// Appends everything to `out`, without zeroing the room first.
    pub(crate) fn append_to(self, out: &mut Vec<u8>) {
        out.reserve(self.len);
        let spare = out.spare_capacity_mut().as_mut_ptr().cast::<u8>();
        // SAFETY: `reserve` made at least `self.len` bytes of spare room, and a `Vec`'s buffer is
        // not part of the mapping.
        unsafe { ptr::copy_nonoverlapping(self.base.as_ptr(), spare, self.len) };
        let len = out.len() + self.len;
        // SAFETY: the copy above initialised the bytes up to `len`, which is within the capacity.
        unsafe { out.set_len(len) };
    }

    /// Copies everything into a vector aligned for `T`. Returns `None` if the length is not a
    /// multiple of the size of `T`.
    pub(crate) fn to_plain_vec<T: Plain>(self) -> Option<Vec<T>> {
        let len = self.len / size_of::<T>();
        if len * size_of::<T>() != self.len {
            return None;
        }
        let mut out = Vec::<T>::with_capacity(len);
        // SAFETY: `out` has room for `len` elements, which are `self.len` bytes, in its own
        // allocation.
        unsafe { ptr::copy_nonoverlapping(self.base.as_ptr(), out.as_mut_ptr().cast(), self.len) };
        // SAFETY: the copy above filled `len` elements, and every bit pattern is a `T`, because `T`
        // is `Plain`.
        unsafe { out.set_len(len) };
        Some(out)
    }
}

/// Memory that only this side writes. Writes beyond its bounds are rejected.
#[derive(Debug)]
pub(crate) struct Region<'m> {
    base: NonNull<u8>,
    len: usize,
    mapping: PhantomData<&'m mut ()>,
}

impl Region<'_> {
    /// # Safety
    /// The `len` bytes from `base` must stay mapped and writable for `'m`. Nothing else may write
    /// them in that time, and this process must have no reference to them.
    pub(crate) unsafe fn new(base: NonNull<u8>, len: usize) -> Self {
        Self { base, len, mapping: PhantomData }
    }

    /// Writes `bytes` at `offset`. Returns `false` and writes nothing if they do not fit.
    pub(crate) fn write(&mut self, offset: usize, bytes: &[u8]) -> bool {
        if offset.checked_add(bytes.len()).is_none_or(|end| end > self.len) {
            return false;
        }
        // SAFETY: `offset <= self.len`, checked above, and the region is one mapping.
        let target = unsafe { self.base.add(offset) };
        // SAFETY: `bytes.len()` bytes from `target` lie in the region, checked above. No reference
        // to the region exists (contract of `new`), so `bytes` lies elsewhere.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), target.as_ptr(), bytes.len()) };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slice_stays_within_its_memory() {
        let bytes = [1, 2, 3, 4];
        let memory = Foreign::of(&bytes);
        assert_eq!(memory.slice(1, 2).expect("within").to_plain_vec::<u8>(), Some(vec![2, 3]));
        assert_eq!(memory.slice(4, 0).expect("empty, at the end").len(), 0);
        assert!(memory.slice(3, 2).is_none());
        assert!(memory.slice(5, 0).is_none());
        assert!(memory.slice(2, usize::MAX).is_none());
    }

    #[test]
    fn copies_equal_the_memory() {
        let bytes = [1, 2, 3, 4];
        let memory = Foreign::of(&bytes);
        let (mut right, mut short, mut longer) = ([0; 4], [0; 3], vec![9]);
        assert!(memory.copy_to(&mut right));
        assert!(!memory.copy_to(&mut short));
        memory.append_to(&mut longer);
        assert_eq!((right, short, longer), (bytes, [0; 3], vec![9, 1, 2, 3, 4]));
    }

    #[test]
    fn plain_vec_needs_whole_elements() {
        let bytes = 7_u32.to_ne_bytes();
        assert_eq!(Foreign::of(&bytes).to_plain_vec::<u32>(), Some(vec![7]));
        assert_eq!(Foreign::of(&bytes).to_plain_vec::<u64>(), None);
        assert_eq!(Foreign::of(&[]).to_plain_vec::<u128>(), Some(vec![]));
    }

    #[test]
    fn region_rejects_writes_that_do_not_fit() {
        let mut bytes = [0_u8; 8];
        let base = NonNull::from(&mut bytes).cast();
        // SAFETY: `bytes` is not used while the region is.
        let mut region = unsafe { Region::new(base, 8) };
        assert!(region.write(2, &[1, 2]));
        assert!(region.write(8, &[]));
        assert!(!region.write(7, &[3, 4]));
        assert!(!region.write(usize::MAX, &[5]));
        assert_eq!(bytes, [0, 0, 1, 2, 0, 0, 0, 0]);
    }
}
