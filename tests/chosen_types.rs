//! Types that the user chooses for generic functions and for generic impl blocks.

use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use concurrent_object::concurrent_object;
use concurrent_object_tests::deadline::{SOON, within};

concurrent_object::init_before_main!();

/// A reader that only the child can have.
#[derive(Debug)]
pub struct Archive<R, const N: usize = 4> {
    reader: R,
}

#[concurrent_object(error = "text", with(R = BufReader<File>, N = 2), constructor = fn open(path: &Path) -> io::Result<Self>)]
impl<R: Read + Seek, const N: usize> Archive<R, N> {
    /// The proxy cannot offer this one: a reader cannot be sent.
    #[concurrent_object(skip)]
    pub fn new(reader: R) -> Self {
        Self { reader }
    }

    pub fn first(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.seek(SeekFrom::Start(0))?;
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub fn size(&mut self) -> io::Result<u64> {
        self.reader.seek(SeekFrom::End(0))
    }
}

impl<const N: usize> Archive<BufReader<File>, N> {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::new(BufReader::new(File::open(path)?)))
    }
}

#[test]
fn a_block_that_is_generic_over_its_reader_becomes_one_concrete_proxy() {
    within(SOON, || {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), b"bytes").expect("it is written");
        let archive = ArchiveProxy::builder("archive").start_open(file.path()).expect("it starts");
        assert_eq!(archive.first().wait().expect("it answers").expect("it is long enough"), *b"by");
        assert_eq!(archive.size().wait().expect("it answers").expect("it can be sought"), 5);
    });
}

/// Named by `R::Item` in signatures.
pub trait Source {
    type Item;
}

#[derive(Debug)]
pub struct Numbers;

impl Source for Numbers {
    type Item = u32;
}

#[derive(Debug)]
pub struct Cache<S: Source, T> {
    of: HashMap<String, Vec<S::Item>>,
    rest: Vec<T>,
}

#[concurrent_object(with(S = Numbers))]
impl<S, T> Cache<S, T>
where
    S: Source,
    S::Item: Copy,
    T: From<S::Item> + Clone,
{
    pub fn new() -> Self {
        Self { of: HashMap::new(), rest: Vec::new() }
    }

    pub fn put(&mut self, key: &str, item: S::Item) -> Vec<S::Item> {
        self.rest.push(item.into());
        let items = self.of.entry(key.to_owned()).or_default();
        items.push(item);
        items.clone()
    }

    pub fn rest(&self) -> Vec<T> {
        self.rest.clone()
    }
}

impl<S, T> Default for Cache<S, T>
where
    S: Source,
    S::Item: Copy,
    T: From<S::Item> + Clone,
{
    fn default() -> Self {
        Self::new()
    }
}

#[test]
fn one_of_two_parameters_is_chosen_and_the_other_stays_open() {
    within(SOON, || {
        let cache = CacheProxy::<u64>::builder("cache").start().expect("it starts");
        assert_eq!(cache.put("a", 7).wait().expect("it answers"), [7]);
        assert_eq!(cache.rest().wait().expect("it answers"), [7_u64]);
    });
}

#[derive(Debug)]
pub struct Sheet {
    cells: Vec<String>,
}

#[concurrent_object(output_derive(Debug, PartialEq))]
impl Sheet {
    #[concurrent_object(with(T = &str), with(T = u64, rename = of_number))]
    pub fn new<T: Display>(first: T) -> Self {
        Self { cells: vec![first.to_string()] }
    }

    #[concurrent_object(with(T = f64), with(T = &str, rename = write_str))]
    #[concurrent_object(with(T = Vec<bool>, rename = write_flags))]
    pub fn write<T: Debug>(&mut self, value: T) -> usize {
        self.cells.push(format!("{value:?}"));
        self.cells.len()
    }

    #[concurrent_object(with(K = String), with(V = u8))]
    pub fn pair<K: Display, V: Display>(&mut self, key: K, value: V) {
        self.cells.push(format!("{key}={value}"));
    }

    pub fn cells(&self) -> Vec<String> {
        self.cells.clone()
    }
}

#[test]
fn one_generic_function_becomes_several() {
    within(SOON, || {
        let sheet = SheetProxy::builder("sheet").start("a").expect("it starts");
        sheet.write(1.5).wait().expect("it answers");
        sheet.write_str("b").wait().expect("it answers");
        sheet.push_write_flags(vec![true]).expect("a slot is free");
        assert_eq!(sheet.wait_pull().expect("it answers"), Some(SheetOutput::WriteFlags(4)));
        assert_eq!(sheet.cells().wait().expect("it answers"), ["a", "1.5", "\"b\"", "[true]"]);
        let sheet = SheetProxy::builder("sheet").start_of_number(5).expect("it starts");
        assert_eq!(sheet.cells().wait().expect("it answers"), ["5"]);
    });
}

#[test]
fn choices_for_different_parameters_are_one_choice() {
    within(SOON, || {
        let sheet = SheetProxy::builder("sheet").start("a").expect("it starts");
        sheet.pair("k".to_owned(), 2).wait().expect("it answers");
        assert_eq!(sheet.cells().wait().expect("it answers"), ["a", "k=2"]);
    });
}
