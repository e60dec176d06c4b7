//! The shared memory of an object, accessed with checked bounds.
//!
//! On Linux it is a mapped file, which two processes may have mapped (`linux`). On other targets it
//! is memory of this process, which both ends of the channel refer to (`portable`).
//!
//! Knows addresses; knows nothing of the layout. Invariant: every access lies inside a mapping, and
//! a mapping cannot shrink. So no access to it raises a signal.
#![allow(unsafe_code)]

#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod linux;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
mod moving;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
mod portable;

use std::path::PathBuf;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

#[cfg(all(test, target_os = "linux", not(concurrent_object_portable)))]
use self::linux::create;
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::linux::{Segment, check_file_size, create_control, create_input};
#[cfg(all(target_os = "linux", not(concurrent_object_portable)))]
pub(crate) use self::moving::check_room_to_move;
#[cfg(not(all(target_os = "linux", not(concurrent_object_portable))))]
pub(crate) use self::portable::{Segment, check_room_to_move, create_control, create_input};
use super::{Foreign, Region};

/// Whether memory can be given back to the system while the object uses the channel.
pub(crate) const CAN_GIVE_BACK: bool = cfg!(all(target_os = "linux", not(concurrent_object_portable)));

/// Where the files are kept.
#[derive(Clone, Debug, Default)]
pub(crate) enum Backing {
    /// In a memory file without a name. The kernel allocates a page at its first use.
    #[default]
    Memory,
    /// In an unnamed file in this directory. Its space is allocated when it is made.
    Directory(PathBuf),
}

/// The use for which pages are allocated in advance.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Access {
    Read,
    Write,
}

impl Segment {
    /// Returns shared words, which the other process may write.
    #[inline]
    pub(crate) fn words(&self, offset: usize, count: usize) -> &[AtomicU64] {
        assert!(offset.is_multiple_of(align_of::<AtomicU64>()), "words are aligned");
        let base = self.at(offset, count * size_of::<AtomicU64>());
        // SAFETY: `at` checked the range. The mapping starts at a page and the offset was checked,
        // so the words are aligned. The mapping lives as long as `self`. Atomics may be written at
        // any time.
        unsafe { std::slice::from_raw_parts(base.cast::<AtomicU64>().as_ptr(), count) }
    }

    /// Returns bytes that the other process may write.
    #[inline]
    pub(crate) fn foreign(&self, offset: usize, len: usize) -> Foreign<'_> {
        // SAFETY: `at` checked the range; the mapping is readable and lives as long as `self`.
        unsafe { Foreign::new(self.at(offset, len), len) }
    }

    /// Returns a region to write.
    ///
    /// # Safety
    /// The mapping is writable, and while the result lives nothing else on this side accesses the
    /// range.
    #[inline]
    pub(crate) unsafe fn region(&self, offset: usize, len: usize) -> Region<'_> {
        // SAFETY: `at` checked the range; the rest is the caller's promise.
        unsafe { Region::new(self.at(offset, len), len) }
    }

    /// Returns bytes to read in place.
    ///
    /// # Safety
    /// Neither process writes the range while the result lives.
    #[inline]
    pub(crate) unsafe fn bytes(&self, offset: usize, len: usize) -> &[u8] {
        // SAFETY: `at` checked the range; the caller promises that neither process writes it.
        unsafe { std::slice::from_raw_parts(self.at(offset, len).as_ptr(), len) }
    }

    /// Returns bytes to write in place.
    ///
    /// # Safety
    /// The mapping is writable, and while the result lives nothing else in either process accesses
    /// the range.
    #[inline]
    #[allow(clippy::mut_from_ref, reason = "that nothing else refers to the range is the caller's promise")]
    pub(crate) unsafe fn bytes_mut(&self, offset: usize, len: usize) -> &mut [u8] {
        // SAFETY: `at` checked the range; the rest is the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.at(offset, len).as_ptr(), len) }
    }

    /// Returns the offset of these bytes in the mapping, if they lie in it.
    #[inline]
    pub(crate) fn offset_of(&self, bytes: &[u8]) -> Option<usize> {
        let offset = (bytes.as_ptr() as usize).checked_sub(self.base() as usize)?;
        (offset < self.len() && bytes.len() <= self.len() - offset).then_some(offset)
    }

    #[inline]
    fn at(&self, offset: usize, len: usize) -> NonNull<u8> {
        let end = offset.checked_add(len).expect("ranges inside a mapping do not overflow");
        assert!(end <= self.len(), "the range lies inside the mapping");
        // `wrapping_add` stays inside the mapping, as just checked.
        NonNull::new(self.base().wrapping_add(offset)).expect("a mapping is never at address zero")
    }
}
