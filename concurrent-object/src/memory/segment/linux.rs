//! The files of an object on Linux: made, sealed and mapped.
//!
//! Problem: an access beyond the end of a mapped file raises SIGBUS, and the other process has the
//! descriptor too. It could shorten the file, or map it writable and change arguments that are
//! being read. So memory files are sealed in size, and the input file also against new writable
//! mappings (`F_SEAL_FUTURE_WRITE`). Files on disk have no seals: they are unnamed, and the child
//! gets a read-only descriptor of the input file.
//!
//! Knows files and addresses; knows nothing of the layout. Invariant: a mapped memory file cannot
//! shrink.
#![allow(unsafe_code)]

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use memmap2::{Advice, MmapOptions, MmapRaw, RemapOptions};
use rustix::fs::{FallocateFlags, MemfdFlags, Mode, OFlags, SealFlags};
use rustix::io::Errno;

use super::{Access, Backing};
use crate::error::refused::Naming;
use crate::memory::lack::of_memory;
use crate::memory::limits;

/// A mapping of one of the files.
#[derive(Debug)]
pub(crate) struct Segment {
    mapping: ManuallyDrop<MmapRaw>,
    /// Whether the mapping stays mapped on drop.
    pub(super) left: AtomicBool,
}

/// Rejects a size above the file size limit of this process. The kernel would send a signal
/// (SIGXFSZ), which ends the process.
pub(crate) fn check_file_size(size: usize) -> io::Result<()> {
    if limits::file_size().is_some_and(|limit| size as u64 > limit) {
        return Err(rustix::io::Errno::FBIG.into());
    }
    Ok(())
}

/// Makes a file of this size, all zero.
pub(crate) fn create(backing: &Backing, name: &str, size: usize) -> io::Result<OwnedFd> {
    check_file_size(size)?;
    match backing {
        Backing::Memory => create_in_memory(name, size),
        Backing::Directory(directory) => create_in_directory(directory, size),
    }
}

fn create_in_memory(name: &str, size: usize) -> io::Result<OwnedFd> {
    let fd = rustix::fs::memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).naming("memfd_create")?;
    rustix::fs::ftruncate(&fd, size as u64).naming("ftruncate")?;
    rustix::fs::fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW).naming("fcntl(F_ADD_SEALS)")?;
    Ok(fd)
}

fn create_in_directory(directory: &Path, size: usize) -> io::Result<OwnedFd> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC | OFlags::EXCL;
    let fd = rustix::fs::open(directory, flags, Mode::RUSR | Mode::WUSR).naming("openat")?;
    rustix::fs::fallocate(&fd, FallocateFlags::empty(), 0, size as u64).naming("fallocate")?;
    Ok(fd)
}

/// Makes the control file, which both sides map writable. A memory file is sealed against further
/// seals: a seal that the child adds could keep its successor, or the parent, from mapping the file
/// or from giving pages back.
pub(crate) fn create_control(backing: &Backing, size: usize) -> io::Result<OwnedFd> {
    let file = create(backing, "concurrent-object:control", size)?;
    if let Backing::Memory = backing {
        rustix::fs::fcntl_add_seals(&file, SealFlags::SEAL).naming("fcntl(F_ADD_SEALS)")?;
    }
    Ok(file)
}

/// Makes a file of this size that only this process can write. Returns the descriptor for the
/// reader, and the mapping.
pub(crate) fn create_input(backing: &Backing, size: usize) -> io::Result<(OwnedFd, Segment)> {
    let file = create(backing, "concurrent-object:input", size)?;
    let segment = Segment::map(&file, size)?;
    Ok((seal_against_writers(backing, file)?, segment))
}

/// Forbids new writable mappings of the file. Existing ones stay.
fn seal_against_writers(backing: &Backing, fd: OwnedFd) -> io::Result<OwnedFd> {
    match backing {
        Backing::Memory => {
            let seals = SealFlags::FUTURE_WRITE | SealFlags::SEAL;
            rustix::fs::fcntl_add_seals(&fd, seals).naming("fcntl(F_ADD_SEALS)")?;
            Ok(fd)
        }
        // Files on disk have no seals: the reader gets a descriptor that cannot write.
        Backing::Directory(_) => reopen_for_reading(&fd),
    }
}

fn reopen_for_reading(fd: &OwnedFd) -> io::Result<OwnedFd> {
    use std::os::fd::AsRawFd;
    let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
    rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).naming("openat")
}

/// Maps `size` bytes that are not locked in memory, even if this process called
/// `mlockall(MCL_FUTURE)`.
///
/// After that call the kernel locks each new mapping, and allocates all its pages at once:
/// gigabytes of regions that are mostly never used. If `mremap` grows a mapping, the kernel locks
/// the new part only if the mapping itself is locked. So this function maps one page, unlocks it,
/// and grows it.
fn map_unlocked(size: usize, map: impl Fn(usize) -> io::Result<MmapRaw>) -> io::Result<MmapRaw> {
    let mut mapping = map(1)?;
    let grown = mapping.unlock().and_then(|()| {
        // SAFETY: the mapping is new, so nothing refers to its old address.
        unsafe { mapping.remap(size, RemapOptions::new().may_move(true)) }
    });
    match grown {
        Ok(()) => Ok(mapping),
        // A system call filter or an emulator may refuse either call. Then the mapping is locked if
        // the process called `mlockall(MCL_FUTURE)`.
        Err(_) => map(size),
    }
}

impl Segment {
    /// Maps the whole file for reading and writing.
    pub(crate) fn map(fd: impl AsFd, size: usize) -> io::Result<Self> {
        Self::checked(fd, size, |options, raw| options.map_raw(raw))
    }

    /// Maps the whole file for reading.
    pub(crate) fn map_read_only(fd: impl AsFd, size: usize) -> io::Result<Self> {
        Self::checked(fd, size, |options, raw| options.map_raw_read_only(raw))
    }

    /// Maps the file after checking its size. Keeps the mapping out of core dumps: writing
    /// gigabytes would delay the report of a death by seconds. Keeps the mapping out of forked
    /// copies too: a copy would hold the memory as long as it runs.
    fn checked(fd: impl AsFd, size: usize, map: impl Fn(&MmapOptions, i32) -> io::Result<MmapRaw>) -> io::Result<Self> {
        use std::os::fd::AsRawFd;
        let actual = rustix::fs::fstat(&fd).naming("fstat")?.st_size;
        if usize::try_from(actual).is_ok_and(|actual| actual < size) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the file is smaller than the object's layout needs",
            ));
        }
        let raw = fd.as_fd().as_raw_fd();
        let mapping = map_unlocked(size, |len| map(MmapOptions::new().len(len), raw)).naming("mmap")?;
        mapping.advise(Advice::DontDump).naming("madvise")?;
        mapping.advise(Advice::DontFork).naming("madvise")?;
        Ok(Self { mapping: ManuallyDrop::new(mapping), left: AtomicBool::new(false) })
    }

    /// Asks for huge pages. Use it only for a mapping that is used as a whole: for one that is
    /// hardly used, huge pages would take too much memory.
    pub(crate) fn ask_for_huge_pages(&self) {
        // If the system does not grant them, nothing is lost.
        let _not_granted = self.mapping.advise(Advice::HugePage);
    }

    /// Allocates the pages of this range now, not at their first use. Lack of memory is an error
    /// here.
    pub(crate) fn populate(&self, offset: usize, len: usize, access: Access) -> io::Result<()> {
        let advice = match access {
            Access::Read => Advice::PopulateRead,
            Access::Write => Advice::PopulateWrite,
        };
        self.mapping.advise_range(advice, offset, len).map_err(of_memory).naming("madvise")
    }

    /// Gives the pages of this range back to the system. Both sides then read zeros there.
    ///
    /// # Safety
    /// The mapping is writable, and nothing refers to this range.
    pub(crate) unsafe fn give_back(&self, offset: usize, len: usize) -> io::Result<()> {
        let range = self.at(offset, len).as_ptr().cast();
        // SAFETY: `at` checked the range; the caller promises that nothing refers to it.
        let remove = || unsafe { rustix::mm::madvise(range, len, rustix::mm::Advice::LinuxRemove) };
        match remove() {
            // The pages are locked: the program called `mlockall(MCL_CURRENT)` after they were
            // mapped.
            Err(Errno::INVAL) => {
                // SAFETY: `at` checked the range, and unlocking changes no content.
                unsafe { rustix::mm::munlock(range, len) }.naming("munlock")?;
                remove().naming("madvise")
            }
            removed => removed.naming("madvise"),
        }
    }

    /// Prevents the unmapping on drop: this process is a forked copy, which did not inherit the
    /// mapping.
    pub(crate) fn leave_mapped(&mut self) {
        *self.left.get_mut() = true;
    }

    #[inline]
    pub(super) fn base(&self) -> *mut u8 {
        self.mapping.as_mut_ptr()
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.mapping.len()
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if !*self.left.get_mut() {
            // SAFETY: only this line drops the mapping, and `self` is not used afterwards.
            unsafe { ManuallyDrop::drop(&mut self.mapping) }
        }
    }
}
