//! Memory files on targets other than Linux: memory of this process.
//!
//! Problem: what a file contains is read in place, also as plain lists. So it needs the alignment
//! of every plain type. While a file is filled, its memory moves when it grows. Way: the content is
//! a list of aligned blocks under a lock, until it is sealed. Then it never changes, and is read
//! without a lock.
//!
//! Knows bytes. Invariant: sealed content is never written, and stays where it is.
#![allow(unsafe_code)]

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytemuck::{Pod, Zeroable, cast_slice, cast_slice_mut};

use crate::descriptor::{AsFd, BorrowedFd, OwnedFd};

/// The unit of memory. It has the strictest alignment that plain values may have.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Block([u8; 64]);

// SAFETY: it is an array of bytes as long as its alignment, so zeros are a value of it.
unsafe impl Zeroable for Block {}
// SAFETY: as above, every bit pattern is a value of it, and there is no padding.
unsafe impl Pod for Block {}

#[derive(Debug, Default)]
struct FileContent {
    blocks: Vec<Block>,
    len: usize,
}

/// What a descriptor of such a file refers to.
#[derive(Debug, Default)]
struct MemoryFile {
    /// The content until it is sealed; empty afterwards.
    open: Mutex<FileContent>,
    sealed: OnceLock<FileContent>,
}

/// A file that is being filled.
#[derive(Debug)]
pub(crate) struct Unsealed(OwnedFd);

impl Unsealed {
    #[allow(clippy::unnecessary_wraps, reason = "a kernel may refuse")]
    pub(crate) fn new(_name: &str) -> io::Result<Self> {
        Ok(Self(OwnedFd::of_memory(Arc::<MemoryFile>::default())))
    }

    /// Wraps a file that the other end made, or will read.
    pub(in crate::memory) fn of(file: OwnedFd) -> Self {
        Self(file)
    }

    /// Cuts the file to this size.
    pub(in crate::memory) fn cut(&self, size: usize) -> io::Result<()> {
        let file = file_of(&self.0)?;
        file.change()?.resize(size);
        Ok(())
    }

    /// Writes all bytes at this offset.
    pub(crate) fn write(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let file = file_of(&self.0)?;
        let end = offset.checked_add(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        let mut content = file.change()?;
        if end > content.len {
            content.resize(end);
        }
        content.bytes_mut()[offset..end].copy_from_slice(bytes);
        Ok(())
    }

    /// Makes the file `size` bytes large, all zero, and lets `fill` write them in place.
    pub(crate) fn fill<R>(&mut self, size: usize, fill: impl FnOnce(&mut [u8]) -> R) -> io::Result<R> {
        let file = file_of(&self.0)?;
        let mut content = FileContent::default();
        content.resize(size);
        // Not under the lock: this is code of the user.
        let filled = fill(content.bytes_mut());
        *file.change()? = content;
        Ok(filled)
    }

    /// Seals the first `size` bytes of the file.
    pub(in crate::memory) fn seal_part(self, size: usize) -> io::Result<OwnedFd> {
        self.cut(size)?;
        self.seal()
    }

    /// Whether the file has so many bytes. It has no holes.
    pub(in crate::memory) fn is_whole(&self, size: usize) -> io::Result<bool> {
        Ok(size_of_file(&self.0)? >= size as u64)
    }

    /// Seals the file against every change.
    pub(crate) fn seal(self) -> io::Result<OwnedFd> {
        let file = file_of(&self.0)?;
        let mut open = file.change()?;
        let sealed = file.sealed.set(mem::take(&mut *open));
        drop(open);
        sealed.map(|()| self.0).map_err(|_| io::ErrorKind::PermissionDenied.into())
    }
}

impl AsFd for Unsealed {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A sealed file.
#[derive(Debug)]
pub(crate) struct Sealed(Arc<MemoryFile>);

impl Sealed {
    /// Refers to the file, which must be sealed.
    pub(crate) fn map(fd: impl AsFd) -> io::Result<Self> {
        let file = file_of(fd)?;
        let unsealed = || io::Error::new(io::ErrorKind::InvalidData, "the file is not sealed against changes");
        if file.sealed.get().is_none() { Err(unsealed()) } else { Ok(Self(file)) }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.sealed.get().map_or(&[], FileContent::bytes)
    }
}

impl MemoryFile {
    /// Returns the content, to change it. Fails if the file is sealed.
    fn change(&self) -> io::Result<MutexGuard<'_, FileContent>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if self.sealed.get().is_some() { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(open) }
    }

    fn read<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        read(self.sealed.get().unwrap_or(&open).bytes())
    }
}

impl FileContent {
    fn bytes(&self) -> &[u8] {
        &cast_slice(&self.blocks)[..self.len]
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut cast_slice_mut(&mut self.blocks)[..self.len]
    }

    /// Changes the size. What is added is zero.
    fn resize(&mut self, len: usize) {
        self.blocks.resize(len.div_ceil(size_of::<Block>()), Block::zeroed());
        if len < self.len {
            // The rest of the last block may be used again.
            cast_slice_mut::<Block, u8>(&mut self.blocks)[len..].fill(0);
        }
        self.len = len;
    }
}

fn file_of(descriptor: impl AsFd) -> io::Result<Arc<MemoryFile>> {
    let other = || io::Error::new(io::ErrorKind::InvalidData, "the file is not a memory file");
    descriptor.as_fd().memory().ok_or_else(other)
}

/// Reads from this offset of a file. Returns how many bytes were there.
pub(crate) fn read_at(file: impl AsFd, bytes: &mut [u8], offset: usize) -> io::Result<usize> {
    Ok(file_of(file)?.read(|content| {
        let found = content.get(offset..).unwrap_or_default();
        let count = found.len().min(bytes.len());
        bytes[..count].copy_from_slice(&found[..count]);
        count
    }))
}

/// Accepts every file: none has holes.
#[allow(clippy::unnecessary_wraps, reason = "on Linux a file may have holes")]
pub(crate) fn check_stored(_file: impl AsFd) -> io::Result<()> {
    Ok(())
}

/// Returns the size of a file, in bytes.
pub(crate) fn size_of_file(file: impl AsFd) -> io::Result<u64> {
    Ok(file_of(file)?.read(|content| content.len() as u64))
}

/// Returns two numbers that no other file has while this one is open.
pub(crate) fn identity_of_file(file: impl AsFd) -> io::Result<(u64, u64)> {
    Ok((0, Arc::as_ptr(&file_of(file)?).addr() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_are_read_and_cannot_be_written() {
        let file = Unsealed::new("test").expect("a file");
        file.write(0, b"one").expect("written");
        file.write(64, b"two").expect("written");
        let other_end = Unsealed::of(file.0.try_clone().expect("a descriptor"));
        assert!(Sealed::map(&file.0).is_err(), "it may still change");
        let fd = file.seal().expect("sealed");
        other_end.write(0, b"x").expect_err("it is sealed");
        other_end.cut(0).expect_err("it is sealed");
        let sealed = Sealed::map(&fd).expect("mapped");
        assert_eq!((&sealed.bytes()[..4], &sealed.bytes()[64..]), (&b"one\0"[..], &b"two"[..]));
        assert!(sealed.bytes().as_ptr().addr().is_multiple_of(64));
    }

    #[test]
    fn bytes_are_filled_in_place_and_what_was_cut_off_reads_as_zeros() {
        let mut file = Unsealed::new("test").expect("a file");
        assert_eq!(file.fill(100, |bytes| mem::replace(&mut bytes[99], 7)).expect("filled"), 0);
        file.cut(50).expect("cut");
        file.write(110, b"x").expect("written");
        let mut read = [1; 100];
        assert_eq!(read_at(&file, &mut read, 50).expect("read"), 61);
        assert_eq!((read[..60].iter().sum::<u8>(), read[60]), (0, b'x'));
        assert_eq!(size_of_file(&file).expect("a size"), 111);
    }
}
