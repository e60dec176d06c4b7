//! Memory that ends where an inaccessible page begins: a read beyond its end ends the process.
#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{MmapOptions, MmapRaw};
use rustix::mm::{MprotectFlags, mprotect};

use crate::memory::Foreign;

const PAGE: usize = 4096;

/// A mapping whose last page is inaccessible.
pub(crate) struct Guarded {
    mapping: MmapRaw,
    /// Where the last page begins.
    end: usize,
}

impl Guarded {
    /// Memory for at most so many bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        let end = capacity.next_multiple_of(PAGE).max(PAGE);
        let mapping = MmapRaw::from(MmapOptions::new().len(end + PAGE).map_anon().expect("memory"));
        // SAFETY: the last page of a mapping that nothing refers to yet.
        unsafe { mprotect(mapping.as_mut_ptr().wrapping_add(end).cast(), PAGE, MprotectFlags::empty()) }
            .expect("a page");
        Self { mapping, end }
    }

    /// Copies the bytes to the end, and returns a view of them.
    pub(crate) fn foreign(&mut self, bytes: &[u8]) -> Foreign<'_> {
        let base = self.put(bytes);
        // SAFETY: `put` has written so many bytes there, and the mapping lives as long as `self`.
        unsafe { Foreign::new(base, bytes.len()) }
    }

    /// Copies the words to the end, and returns them as shared words.
    pub(crate) fn words(&mut self, words: &[u64]) -> &[AtomicU64] {
        let base = self.put(&vec![0; size_of_val(words)]);
        // SAFETY: `put` has written so many bytes there. A page is a multiple of a word, so they
        // are aligned.
        let shared = unsafe { std::slice::from_raw_parts(base.cast::<AtomicU64>().as_ptr(), words.len()) };
        shared.iter().zip(words).for_each(|(shared, word)| shared.store(*word, Ordering::Relaxed));
        shared
    }

    fn put(&mut self, bytes: &[u8]) -> NonNull<u8> {
        assert!(bytes.len() <= self.end, "there is room");
        let base = self.mapping.as_mut_ptr().wrapping_add(self.end - bytes.len());
        let base = NonNull::new(base).expect("a mapping is never at address zero");
        // SAFETY: the range lies before the last page, as just checked, and `self` is borrowed
        // exclusively.
        unsafe { base.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len()) };
        base
    }
}
