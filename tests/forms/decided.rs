//! Generic functions whose bounds decide the types, so that the user need not write `with(…)`.

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsStr;
use std::fmt::{Display, Write as _};
use std::hash::Hash;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::ops::RangeBounds;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Size(u32, u32);

pub struct Shelf<T> {
    path: PathBuf,
    items: Vec<T>,
    counts: BTreeMap<String, u32>,
}

#[concurrent_object(error = "text")]
impl<T: Clone + PartialEq> Shelf<T> {
    pub fn new<P>(path: P) -> Self
    where
        P: AsRef<Path> + Send + 'static,
    {
        Self { path: path.as_ref().to_owned(), items: Vec::new(), counts: BTreeMap::new() }
    }

    pub fn read(mut from: impl Read, name: impl Into<String>) -> io::Result<Self> {
        let mut text = name.into();
        from.read_to_string(&mut text)?;
        Ok(Self::new(text))
    }

    pub fn texts<S: AsRef<str>>(
        &self,
        first: S,
        second: impl Into<String>,
        third: &impl Display,
        fourth: impl Into<Cow<'static, str>>,
        fifth: Option<impl ToString>,
    ) -> String {
        let fifth = fifth.map(|text| text.to_string());
        format!("{} {} {third} {} {fifth:?}", first.as_ref(), second.into(), fourth.into())
    }

    pub fn paths<P: AsRef<Path> + ?Sized>(
        &self,
        first: &P,
        second: impl AsRef<Path> + Clone,
        third: impl Into<PathBuf>,
        more: &[impl AsRef<Path>],
        name: impl AsRef<OsStr>,
    ) -> PathBuf {
        let mut path = self.path.join(first).join(second).join(third.into());
        path.extend(more);
        path.join(name.as_ref())
    }

    pub fn bytes<B>(&self, first: B, second: &B, more: Vec<B>) -> usize
    where
        B: AsRef<[u8]>,
    {
        first.as_ref().len() + second.as_ref().len() + more.iter().map(|bytes| bytes.as_ref().len()).sum::<usize>()
    }

    pub fn values(&self, size: impl Into<Size>, limit: impl Into<Option<u32>>, kept: impl Into<Arc<Size>>) -> String {
        format!("{:?} {:?} {:?}", size.into(), limit.into(), kept.into())
    }

    pub fn within(&self, range: impl RangeBounds<u32> + Clone, at: u32) -> bool {
        range.contains(&at)
    }

    pub fn add<I>(&mut self, items: I) -> usize
    where
        I: IntoIterator<Item = T>,
    {
        self.items.extend(items);
        self.items.len()
    }

    pub fn add_each<'i, I: Iterator<Item = &'i T> + ExactSizeIterator>(&mut self, items: I) -> usize
    where
        T: 'i,
    {
        let added = items.len();
        self.items.extend(items.cloned());
        added
    }

    pub fn count<I, K>(&mut self, words: I) -> u32
    where
        I: IntoIterator<Item = (K, u32)>,
        K: Into<String>,
    {
        self.counts.extend(words.into_iter().map(|(word, count)| (word.into(), count)));
        self.counts.values().sum()
    }

    pub fn join(&self, words: impl Iterator<Item = impl AsRef<str>>) -> String {
        words.map(|word| word.as_ref().to_owned()).collect::<Vec<_>>().join(" ")
    }

    pub fn join_items<I>(&self, words: I) -> String
    where
        I: IntoIterator,
        I::Item: Display,
        I::IntoIter: DoubleEndedIterator,
    {
        words.into_iter().rev().fold(String::new(), |text, word| format!("{text}{word}"))
    }

    pub fn counted<Q>(&self, word: &Q) -> Option<u32>
    where
        String: Borrow<Q>,
        Q: Ord + Hash + ?Sized,
    {
        self.counts.get(word).copied()
    }

    pub fn lines(&self, from: impl BufRead) -> Vec<String> {
        from.lines().map_while(Result::ok).collect()
    }

    pub fn tail<R: Read + Seek>(&self, mut from: R) -> io::Result<String> {
        let mut text = String::new();
        from.seek(SeekFrom::End(-2))?;
        from.read_to_string(&mut text).map(|_| text)
    }

    pub fn kept(&self, from: impl Read + Send + 'static) -> io::Result<u64> {
        let mut boxed: Box<dyn Read + Send> = Box::new(from);
        io::copy(&mut boxed, &mut io::sink())
    }

    pub fn take(&self, from: &mut impl Read) -> io::Result<[u8; 2]> {
        let mut bytes = [0; 2];
        from.read_exact(&mut bytes).map(|()| bytes)
    }

    pub fn save(&self, mut to: impl Write, more: &mut impl Write) -> io::Result<()> {
        to.write_all(b"to")?;
        write!(more, "{}", self.path.display())
    }

    pub fn copy(&self, from: &mut dyn Read, to: &mut (dyn Write + Send), name: &dyn AsRef<Path>) -> io::Result<u64> {
        to.write_all(name.as_ref().as_os_str().as_encoded_bytes())?;
        io::copy(from, to)
    }

    pub fn print<W: std::fmt::Write + ?Sized>(&self, to: &mut W) -> bool {
        to.write_str("printed").is_ok()
    }

    #[concurrent_object(with(I = Vec<W>, W = u8))]
    pub fn sum<I, W>(&self, items: I) -> u32
    where
        I: IntoIterator<Item = W>,
        W: Into<u32> + Copy,
    {
        items.into_iter().map(Into::into).sum()
    }

    #[concurrent_object(with(text = String))]
    pub fn written(&self, text: impl Into<String>) -> String {
        text.into()
    }
}

fn start() -> ShelfProxy<u16> {
    ShelfProxy::builder("shelf").start(PathBuf::from("p")).expect("a child starts")
}

#[test]
fn texts_and_paths_are_borrowed_where_the_bounds_allow_it() {
    let shelf = start();
    let texts = shelf.texts("a", "b", "c", "d".to_owned(), Some("e")).wait().expect("a result");
    assert_eq!(texts, r#"a b c d Some("e")"#);
    let path = shelf.paths(
        Path::new("a"),
        Path::new("b"),
        PathBuf::from("c"),
        &[PathBuf::from("d"), PathBuf::from("e")],
        OsStr::new("f"),
    );
    assert_eq!(path.wait().expect("a result"), PathBuf::from("p/a/b/c/d/e/f"));
    assert_eq!(shelf.bytes(vec![1], &vec![2, 3], vec![vec![4], vec![]]).wait().expect("a result"), 4);
    assert_eq!(shelf.written("text".to_owned()).wait().expect("a result"), "text");
}

#[test]
fn values_and_lists_are_what_the_bounds_name() {
    let shelf = start();
    let values = shelf.values(Size(1, 2), Some(3), Size(4, 5)).wait().expect("a result");
    assert_eq!(values, "Size(1, 2) Some(3) Size(4, 5)");
    assert!(shelf.within(1..3, 2).wait().expect("a result"));
    assert_eq!(shelf.add(vec![1, 2]).wait().expect("a result"), 2);
    assert_eq!(shelf.add_each(vec![&3, &4, &5]).wait().expect("a result"), 3);
    assert_eq!(shelf.count(vec![("a", 1), ("b", 2)]).wait().expect("a result"), 3);
    assert_eq!(shelf.counted("b").wait().expect("a result"), Some(2));
    assert_eq!(shelf.sum(vec![1, 2]).wait().expect("a result"), 3);
    assert_eq!(shelf.join(vec!["a", "b"]).wait().expect("a result"), "a b");
    assert_eq!(shelf.join_items(vec!["a", "b"]).wait().expect("a result"), "ba");
}

#[test]
fn readers_and_writers_are_bytes_that_travel() {
    let shelf = ShelfProxy::<u16>::builder("shelf").start_read(b"file", "name of ").expect("a child starts");
    assert_eq!(shelf.lines(b"a\nb").wait().expect("a result"), ["a", "b"]);
    assert_eq!(shelf.tail(b"abcd").wait().expect("a result").expect("it is long enough"), "cd");
    assert_eq!(shelf.kept(vec![1, 2, 3]).wait().expect("a result").expect("it can be read"), 3);
    let mut bytes = VecDeque::from([1, 2, 3]);
    assert_eq!(shelf.take(&mut bytes).wait().expect("a result").expect("it is long enough"), [1, 2]);
    assert_eq!(bytes, [3]);
    let (mut to, mut more) = (Vec::new(), b"> ".to_vec());
    shelf.save(&mut to, &mut more).wait().expect("a result").expect("a vector takes all");
    assert_eq!((&*to, &*more), (&b"to"[..], &b"> name of file"[..]));
    assert_eq!(shelf.copy(&mut bytes, &mut more, Path::new("!")).wait().expect("a result").expect("it is read"), 1);
    assert!(bytes.is_empty());
    assert_eq!(more, b"> name of file!\x03");
    let mut text = String::new();
    assert!(shelf.print(&mut text).wait().expect("a result"));
    assert_eq!(text, "printed");
    let mut local = String::new();
    write!(local, "{text}").expect("a string takes all");
}
