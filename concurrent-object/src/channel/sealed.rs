//! Bytes that never change again: a memory file, written once and sealed, then mapped by whoever gets its descriptor.
//!
//! Knows seals. Invariant: what is read in place carries the seals that forbid writing and shrinking, as the reader checked.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags};

use super::segment::Segment;

/// A file while it is being filled.
#[derive(Debug)]
pub(crate) struct Unsealed(OwnedFd);

impl Unsealed {
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        Ok(Self(rustix::fs::memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?))
    }

    /// Writes all bytes at this offset.
    pub(crate) fn write(&self, offset: usize, mut bytes: &[u8]) -> io::Result<()> {
        let mut offset = offset as u64;
        while !bytes.is_empty() {
            let written = rustix::io::pwrite(&self.0, bytes, offset)?;
            bytes = &bytes[written..];
            offset += written as u64;
        }
        Ok(())
    }

    /// Forbids every change from now on.
    pub(crate) fn seal(self) -> io::Result<OwnedFd> {
        rustix::fs::fcntl_add_seals(&self.0, frozen() | SealFlags::SEAL)?;
        Ok(self.0)
    }
}

/// A sealed file, mapped. Nothing if it is empty.
#[derive(Debug)]
pub(crate) struct Sealed(Option<Segment>);

impl Sealed {
    pub(crate) fn map(fd: impl AsFd) -> io::Result<Self> {
        if !rustix::fs::fcntl_get_seals(&fd)?.contains(frozen()) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is not sealed against changes"));
        }
        let size = usize::try_from(rustix::fs::fstat(&fd)?.st_size).unwrap_or(0);
        Ok(Self(if size == 0 { None } else { Some(Segment::map_read_only(fd, size)?) }))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.0 {
            // SAFETY: `map` checked the seals, which are for ever: nobody can write the file or cut it short.
            Some(segment) => unsafe { segment.bytes(0, segment.len()) },
            None => &[],
        }
    }
}

fn frozen() -> SealFlags {
    SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW
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
    fn unsealed_file_is_refused() {
        assert!(Sealed::map(&Unsealed::new("test").expect("a memory file").0).is_err());
    }
}
