//! `tar` 0.4 (a1c3036a), `Archive`. The iterator over the entries stands in without entries.
//! Constructor: `fn open(path: &Path) -> io::Result<Self>`.

use std::io::{self, Read};
use std::marker::PhantomData;
use std::path::Path;

use concurrent_object::concurrent_object;

pub struct Archive<R: ?Sized + Read> {
    inner: R,
}

pub struct Entries<'a, R: 'a + Read> {
    archive: PhantomData<&'a Archive<R>>,
}

impl<R: Read> Archive<R> {
    pub fn open(path: &Path) -> io::Result<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl<R: Read> Archive<R> {
    pub fn new(obj: R) -> Archive<R> {
        unimplemented!()
    }

    pub fn into_inner(self) -> R {
        unimplemented!()
    }

    pub fn entries(&mut self) -> io::Result<Entries<R>> {
        unimplemented!()
    }

    pub fn unpack<P: AsRef<Path>>(&mut self, dst: P) -> io::Result<()> {
        unimplemented!()
    }

    pub fn set_mask(&mut self, mask: u32) {
        unimplemented!()
    }

    pub fn set_unpack_xattrs(&mut self, unpack_xattrs: bool) {
        unimplemented!()
    }

    pub fn set_preserve_permissions(&mut self, preserve: bool) {
        unimplemented!()
    }

    pub fn set_preserve_ownerships(&mut self, preserve: bool) {
        unimplemented!()
    }

    pub fn set_overwrite(&mut self, overwrite: bool) {
        unimplemented!()
    }

    pub fn set_preserve_mtime(&mut self, preserve: bool) {
        unimplemented!()
    }

    pub fn set_ignore_zeros(&mut self, ignore_zeros: bool) {
        unimplemented!()
    }
}
