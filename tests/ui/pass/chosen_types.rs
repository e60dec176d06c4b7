//! Generic functions with the types that were chosen for them.
#![deny(warnings)]

use std::io::Read;
use std::path::{Path, PathBuf};

use concurrent_object::{Call, concurrent_object};

pub struct Reader<T>(Vec<T>);

#[concurrent_object]
impl<T: Clone + From<u8>> Reader<T> {
    #[concurrent_object(with(P = PathBuf))]
    pub fn open<P: AsRef<Path>>(path: P) -> std::io::Result<Self> {
        Ok(Self(vec![T::from(path.as_ref().as_os_str().len() as u8)]))
    }

    #[concurrent_object(with(P = Path, Q = str))]
    pub fn lent<P: AsRef<Path> + ?Sized, Q>(path: &P, name: &Q) -> Self
    where
        Q: AsRef<str> + ?Sized,
    {
        let _ = (path.as_ref(), name.as_ref());
        Self(Vec::new())
    }

    #[concurrent_object(with(I = Vec<T>))]
    pub fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) -> Option<I::Item> {
        self.0.extend(items);
        self.0.first().cloned()
    }

    #[concurrent_object(with(N = 4))]
    pub fn chunk<const N: usize>(&self, of: [u8; N]) -> ([u8; N], usize) {
        (of, N)
    }

    #[concurrent_object(with(path = &Path, items = Vec<T>))]
    pub fn load(&mut self, path: impl AsRef<Path>, items: impl IntoIterator<Item = T>) -> usize {
        self.0.extend(items);
        path.as_ref().as_os_str().len()
    }

    #[concurrent_object(skip)]
    pub fn read<R: Read>(&mut self, _from: R) {}
}

pub fn types(reader: &ReaderProxy<u64>) {
    let _: Call<Option<u64>> = reader.extend(vec![1]);
    let _: Call<usize> = reader.load(Path::new(""), vec![1]);
    let _: Call<([u8; 4], usize)> = reader.chunk([0; 4]);
}

fn main() {
    assert!(ReaderProxy::<u64>::builder("reader").start_open(PathBuf::new()).is_err());
    assert!(ReaderProxy::<u64>::builder("reader").start_lent(Path::new(""), "").is_err());
}
