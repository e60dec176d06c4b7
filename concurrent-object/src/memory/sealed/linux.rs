//! Memory files that never change again: written once, sealed, then mapped by each process that
//! gets the descriptor.
//!
//! Problem: a process reads such a file in place, although another process made it. That process
//! could change the bytes during the read, or shorten the file, so that a read raises SIGBUS.
//! Copying first would cost a copy in each reader. Kernel *seals* forbid writing and shrinking, and
//! cannot be removed. The reader checks the seals, and that all pages exist.
//!
//! Knows seals. Invariant: a mapped file has the seals against writing and shrinking, and has all
//! its pages. So no process can change it under the reader, and no read raises a signal.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use memmap2::{Advice, Mmap, MmapMut, MmapOptions};
use rustix::fs::{FallocateFlags, MemfdFlags, SealFlags, SeekFrom};
use rustix::io::{Errno, retry_on_intr};

use crate::error::refused::Naming;
use crate::memory::lack::of_memory;
use crate::memory::segment::check_file_size;

/// How many bytes one system call allocates. If a signal interrupts the call, the kernel undoes
/// only that much. A multiple of a huge page.
const STEP: usize = 8 << 20;

/// How many bytes are copied at a time, if a file cannot be sealed and a copy is sealed in its
/// place.
const COPIED_AT_ONCE: usize = 1 << 20;

/// The unit of `st_blocks`, on every file system.
const BLOCK: u64 = 512;

/// A file that is being filled.
#[derive(Debug)]
pub(crate) struct Unsealed(OwnedFd);

impl Unsealed {
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        rustix::fs::memfd_create(name, flags).naming("memfd_create").map(Self)
    }

    /// Wraps a file that another process made, or will read.
    pub(in crate::memory) fn of(file: OwnedFd) -> Self {
        Self(file)
    }

    /// Cuts the file to this size.
    pub(in crate::memory) fn cut(&self, size: usize) -> io::Result<()> {
        retry_on_intr(|| rustix::fs::ftruncate(&self.0, size as u64)).naming("ftruncate")
    }

    /// Writes all bytes at this offset.
    pub(crate) fn write(&self, offset: usize, mut bytes: &[u8]) -> io::Result<()> {
        check_file_size(offset.saturating_add(bytes.len()))?;
        let mut offset = offset as u64;
        while !bytes.is_empty() {
            let written =
                retry_on_intr(|| rustix::io::pwrite(&self.0, bytes, offset)).map_err(of_memory).naming("pwrite")?;
            bytes = &bytes[written..];
            offset += written as u64;
        }
        Ok(())
    }

    /// Allocates `size` bytes, all zero, and lets `fill` write them in place. Lack of memory
    /// returns an error here. Otherwise a later access would raise a signal.
    pub(crate) fn fill<R>(&mut self, size: usize, fill: impl FnOnce(&mut [u8]) -> R) -> io::Result<R> {
        check_file_size(size)?;
        rustix::fs::ftruncate(&self.0, size as u64).naming("ftruncate")?;
        // SAFETY: the descriptor never left this value, which is borrowed exclusively. So no other
        // code writes or shortens the file while it is mapped here.
        let mut mapping = unsafe { MmapOptions::new().len(size).map_mut(&self.0) }.naming("mmap")?;
        mapping.advise(Advice::DontDump).naming("madvise")?;
        // If a forked copy had it mapped, the file could not be sealed.
        mapping.advise(Advice::DontFork).naming("madvise")?;
        // With huge pages the allocation is ten times as fast. If the system does not grant them,
        // nothing is lost.
        let _not_granted = mapping.advise(Advice::HugePage);
        self.take_room(&mapping)?;
        Ok(fill(&mut mapping))
    }

    fn take_room(&self, mapping: &MmapMut) -> io::Result<()> {
        for offset in (0..mapping.len()).step_by(STEP) {
            let len = STEP.min(mapping.len() - offset);
            match mapping.advise_range(Advice::PopulateWrite, offset, len) {
                // Kernels before 5.14 do not have `MADV_POPULATE_WRITE`.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => self.allocate(offset, len)?,
                populated => populated.map_err(of_memory).naming("madvise")?,
            }
        }
        Ok(())
    }

    fn allocate(&self, offset: usize, len: usize) -> io::Result<()> {
        let allocate = || rustix::fs::fallocate(&self.0, FallocateFlags::empty(), offset as u64, len as u64);
        retry_on_intr(allocate).map_err(of_memory).naming("fallocate")
    }

    /// Seals the first `size` bytes of a file that another process has written, against every
    /// change. Nothing beyond them is kept or read.
    pub(in crate::memory) fn seal_part(self, size: usize) -> io::Result<OwnedFd> {
        match rustix::fs::ftruncate(&self.0, size as u64) {
            // A process that was given the file to write has added seals.
            Err(Errno::PERM) => self.copy(size)?.seal(),
            cut => {
                cut.naming("ftruncate")?;
                self.seal()
            }
        }
    }

    /// Whether each of the first `size` bytes is stored. Reading a hole would allocate memory.
    pub(in crate::memory) fn is_whole(&self, size: usize) -> io::Result<bool> {
        match rustix::fs::seek(&self.0, SeekFrom::Hole(0)) {
            // The file is empty.
            Err(Errno::NXIO) => Ok(size == 0),
            hole => Ok(hole.naming("lseek")? >= size as u64),
        }
    }

    /// Seals the file against every change.
    pub(crate) fn seal(self) -> io::Result<OwnedFd> {
        let seals = frozen() | SealFlags::GROW | SealFlags::SEAL;
        let file = match rustix::fs::fcntl_add_seals(&self.0, seals) {
            // BUSY: this process was forked between the mapping of the file and the advice
            // `DONTFORK`. The copy still has the file mapped.
            //
            // PERM: a child that was given the file to write has added seals.
            Err(Errno::BUSY | Errno::PERM) => {
                let size = usize::try_from(size_of_file(&self.0)?).unwrap_or(usize::MAX);
                self.copy(size)?
            }
            sealed => return sealed.map(|()| self.0).naming("fcntl(F_ADD_SEALS)"),
        };
        rustix::fs::fcntl_add_seals(&file.0, seals).naming("fcntl(F_ADD_SEALS)")?;
        Ok(file.0)
    }

    /// Copies at most this many bytes of the content into a new file, which no process has mapped.
    fn copy(&self, size: usize) -> io::Result<Self> {
        let copy = Self::new("concurrent-object:copy")?;
        let (mut part, mut offset) = (vec![0; COPIED_AT_ONCE], 0);
        loop {
            let wanted = COPIED_AT_ONCE.min(size - offset);
            let read =
                retry_on_intr(|| rustix::io::pread(&self.0, &mut part[..wanted], offset as u64)).naming("pread")?;
            if read == 0 {
                return Ok(copy);
            }
            copy.write(offset, &part[..read])?;
            offset += read;
        }
    }
}

impl AsFd for Unsealed {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Reads from this offset of a file. Returns how many bytes were there.
pub(crate) fn read_at(file: impl AsFd, bytes: &mut [u8], offset: usize) -> io::Result<usize> {
    retry_on_intr(|| rustix::io::pread(&file, &mut *bytes, offset as u64)).naming("pread")
}

/// Returns the size of a file, in bytes.
pub(crate) fn size_of_file(file: impl AsFd) -> io::Result<u64> {
    Ok(rustix::fs::fstat(file).naming("fstat")?.st_size as u64)
}

/// Returns device and inode. While a file is open, no other file has the same pair.
pub(crate) fn identity_of_file(file: impl AsFd) -> io::Result<(u64, u64)> {
    let stat = rustix::fs::fstat(file).naming("fstat")?;
    Ok((stat.st_dev, stat.st_ino))
}

/// A sealed, mapped file. `None` if it is empty.
#[derive(Debug)]
pub(crate) struct Sealed(Option<Mmap>);

impl Sealed {
    /// Maps the whole file after checking its seals and pages, because its maker is not trusted.
    pub(crate) fn map(fd: impl AsFd) -> io::Result<Self> {
        let refused = |reason| io::Error::new(io::ErrorKind::InvalidData, reason);
        let seals = match rustix::fs::fcntl_get_seals(&fd) {
            Err(Errno::INVAL) => return Err(refused("the file is not a memory file")),
            seals => seals.naming("fcntl(F_GET_SEALS)")?,
        };
        if !seals.contains(frozen()) {
            return Err(refused("the file is not sealed against changes"));
        }
        let stat = rustix::fs::fstat(&fd).naming("fstat")?;
        let size = usize::try_from(stat.st_size).map_err(|_| refused("the file has an invalid size"))?;
        if (stat.st_blocks as u64).saturating_mul(BLOCK) < size as u64 {
            return Err(refused("the file has holes, for which reading would allocate memory"));
        }
        Ok(Self(if size == 0 { None } else { Some(map_private(fd, size)?) }))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Maps privately: while no process writes the file, such a mapping shows the file's own pages.
/// Kernels before 6.7 refuse a shared mapping of a file sealed against writing, even for reading.
fn map_private(fd: impl AsFd, size: usize) -> io::Result<Mmap> {
    use std::os::fd::AsRawFd;
    // SAFETY: `Sealed::map` checked the seals, which cannot be removed: no process can write or
    // shorten the file.
    let mapping = unsafe { MmapOptions::new().len(size).map_copy_read_only(fd.as_fd().as_raw_fd()) }.naming("mmap")?;
    mapping.advise(Advice::DontDump).naming("madvise")?;
    let _not_granted = mapping.advise(Advice::HugePage);
    Ok(mapping)
}

fn frozen() -> SealFlags {
    SealFlags::WRITE | SealFlags::SHRINK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_are_read_and_cannot_be_written() {
        let file = Unsealed::new("test").expect("a memory file");
        file.write(0, b"one").expect("written");
        file.write(64, b"two").expect("written");
        let fd = file.seal().expect("sealed");
        assert!(rustix::io::pwrite(&fd, b"x", 0).is_err());
        let sealed = Sealed::map(&fd).expect("mapped");
        assert_eq!((&sealed.bytes()[..3], &sealed.bytes()[64..]), (&b"one"[..], &b"two"[..]));
    }

    #[test]
    fn bytes_are_filled_in_place() {
        let mut file = Unsealed::new("test").expect("a memory file");
        let size = STEP + 5000;
        let first = file.fill(size, |bytes| {
            bytes[size - 1] = 7;
            bytes[0]
        });
        assert_eq!(first.expect("filled"), 0);
        let sealed = Sealed::map(file.seal().expect("sealed")).expect("mapped");
        assert_eq!((sealed.bytes().len(), sealed.bytes()[size - 1]), (size, 7));
    }

    #[test]
    fn a_file_that_a_forked_copy_has_mapped_can_be_sealed() {
        let mut file = Unsealed::new("test").expect("a memory file");
        let size = COPIED_AT_ONCE + 5000;
        file.fill(size, |bytes| bytes[size - 1] = 7).expect("filled");
        let of_copy = MmapOptions::new().len(size).map_raw(&file.0).expect("mapped");
        let sealed = Sealed::map(file.seal().expect("sealed")).expect("mapped");
        assert_eq!((sealed.bytes().len(), sealed.bytes()[0], sealed.bytes()[size - 1]), (size, 0, 7));
        drop(of_copy);
    }

    #[test]
    fn a_file_with_seals_of_another_process_can_be_sealed() {
        let file = Unsealed::new("test").expect("a memory file");
        file.write(0, b"state").expect("written");
        rustix::fs::fcntl_add_seals(&file.0, SealFlags::FUTURE_WRITE | SealFlags::SEAL).expect("sealed");
        assert_eq!(Sealed::map(file.seal().expect("sealed")).expect("mapped").bytes(), b"state");
    }

    #[test]
    fn memory_is_allocated_by_kernels_that_cannot_populate() {
        let file = Unsealed::new("test").expect("a memory file");
        file.allocate(0, 5000).expect("room");
        assert_eq!(Sealed::map(file.seal().expect("sealed")).expect("mapped").bytes(), [0; 5000]);
    }

    #[test]
    fn files_with_missing_seals_or_pages_are_rejected() {
        let seal = |seals| {
            let file = Unsealed::new("test").expect("a memory file").0;
            rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, 10).expect("room");
            rustix::fs::fcntl_add_seals(&file, seals).expect("sealed");
            Sealed::map(file).is_ok()
        };
        assert!(seal(SealFlags::WRITE | SealFlags::SHRINK));
        assert!(!seal(SealFlags::WRITE | SealFlags::GROW));
        assert!(!seal(SealFlags::FUTURE_WRITE | SealFlags::SHRINK | SealFlags::GROW));
        assert!(Sealed::map(std::fs::File::open("/proc/self/exe").expect("it exists")).is_err());
        let sparse = Unsealed::new("test").expect("a memory file");
        rustix::fs::ftruncate(&sparse.0, 1 << 30).expect("no room is taken");
        assert!(Sealed::map(sparse.seal().expect("sealed")).is_err());
    }
}
