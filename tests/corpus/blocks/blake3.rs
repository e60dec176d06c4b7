//! `blake3` 1.8.7, `Hasher`.
//! The hash, which is data, and the reader of the output, which is none, stand in.

use std::fmt;
use std::io;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

pub const KEY_LEN: usize = 32;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hash([u8; 32]);

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash")
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash")
    }
}

#[derive(Clone)]
pub struct OutputReader {
    position: u64,
    _of: std::marker::PhantomData<()>,
}

impl fmt::Debug for OutputReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutputReader")
    }
}

impl io::Read for OutputReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(buf.len())
    }
}

impl io::Seek for OutputReader {
    fn seek(&mut self, _pos: io::SeekFrom) -> io::Result<u64> {
        Ok(self.position)
    }
}

#[derive(Clone)]
pub struct Hasher {
    key: [u32; 8],
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self { key: [0; 8] }
    }
}

impl io::Write for Hasher {
    fn write(&mut self, input: &[u8]) -> io::Result<usize> {
        Ok(input.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[concurrent_object]
impl Hasher {
    pub fn new() -> Self {
        unimplemented!()
    }

    pub fn new_keyed(key: &[u8; KEY_LEN]) -> Self {
        unimplemented!()
    }

    pub fn new_derive_key(context: &str) -> Self {
        unimplemented!()
    }

    pub fn reset(&mut self) -> &mut Self {
        unimplemented!()
    }

    pub fn update(&mut self, input: &[u8]) -> &mut Self {
        unimplemented!()
    }

    pub fn finalize(&self) -> Hash {
        unimplemented!()
    }

    pub fn finalize_xof(&self) -> OutputReader {
        unimplemented!()
    }

    pub fn count(&self) -> u64 {
        unimplemented!()
    }

    pub fn update_reader(&mut self, reader: impl std::io::Read) -> std::io::Result<&mut Self> {
        unimplemented!()
    }

    pub fn update_rayon(&mut self, input: &[u8]) -> &mut Self {
        unimplemented!()
    }

    pub fn update_mmap(&mut self, path: impl AsRef<std::path::Path>) -> std::io::Result<&mut Self> {
        unimplemented!()
    }

    pub fn update_mmap_rayon(&mut self, path: impl AsRef<std::path::Path>) -> std::io::Result<&mut Self> {
        unimplemented!()
    }
}
