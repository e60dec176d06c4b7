//! The memory of an object on targets other than Linux: both ends of the channel are in this
//! process, and refer to the same memory.
//!
//! Knows addresses. There are no seals: the thread of an object is part of the program, and the
//! library's code in it writes only what is its own. Invariant: the memory stays mapped while a
//! segment or a descriptor refers to it.
#![allow(unsafe_code)]

use std::io;
use std::sync::Arc;

use memmap2::{MmapOptions, MmapRaw};

use super::{Access, Backing};
use crate::descriptor::{AsFd, OwnedFd};
use crate::error::refused::Naming;

/// Every page of a target that this is compiled for has at least this size, in bytes.
const PAGE: usize = 4096;

/// A reference to the memory.
#[derive(Debug)]
pub(crate) struct Segment(Arc<MmapRaw>);

fn create(size: usize) -> io::Result<Segment> {
    let mapping = MmapOptions::new().len(size).map_anon().naming("mmap")?;
    Ok(Segment(Arc::new(mapping.into())))
}

/// Makes the control file.
pub(crate) fn create_control(_backing: &Backing, size: usize) -> io::Result<OwnedFd> {
    create(size).map(|segment| OwnedFd::of_memory(segment.0))
}

/// Makes the input file. Returns the descriptor for the reader, and the memory.
pub(crate) fn create_input(_backing: &Backing, size: usize) -> io::Result<(OwnedFd, Segment)> {
    let segment = create(size)?;
    Ok((OwnedFd::of_memory(segment.0.clone()), segment))
}

/// Fails: no memory can be moved.
pub(crate) fn check_room_to_move() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Segment {
    /// Refers to the memory behind this descriptor.
    pub(crate) fn map(fd: impl AsFd, size: usize) -> io::Result<Self> {
        let memory = fd.as_fd().memory::<MmapRaw>().filter(|memory| memory.len() >= size);
        memory.map(Self).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the memory is too small"))
    }

    /// Refers to the memory behind this descriptor, to read it.
    pub(crate) fn map_read_only(fd: impl AsFd, size: usize) -> io::Result<Self> {
        Self::map(fd, size)
    }

    pub(crate) fn ask_for_huge_pages(&self) {}

    /// Uses each page of this range once, so that the system allocates it now.
    pub(crate) fn populate(&self, offset: usize, len: usize, access: Access) -> io::Result<()> {
        use std::sync::atomic::Ordering::Relaxed;
        for page in (offset..offset + len).step_by(PAGE) {
            let word = &self.words(page & !(PAGE - 1), 1)[0];
            match access {
                Access::Read => word.load(Relaxed),
                // Changes no content, which other code may be writing.
                Access::Write => word.fetch_or(0, Relaxed),
            };
        }
        Ok(())
    }

    /// Fails: no part of the memory can be given back.
    ///
    /// # Safety
    /// None.
    pub(crate) unsafe fn give_back(&self, _offset: usize, _len: usize) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Fails: the memory cannot be replaced.
    ///
    /// # Safety
    /// None.
    pub(crate) unsafe fn replace_by(&self, _other: Self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Does nothing: a forked copy has its own memory.
    pub(crate) fn leave_mapped(&mut self) {}

    pub(super) fn base(&self) -> *mut u8 {
        self.0.as_mut_ptr()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
