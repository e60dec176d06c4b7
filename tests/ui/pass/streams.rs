//! Methods that stream: every form of iterator, and borrowed items and arguments.
#![deny(warnings, missing_docs, unsafe_code, unreachable_pub, missing_debug_implementations)]

use std::path::{Path, PathBuf};

use concurrent_object::{Items, concurrent_object};

/// A list of words.
#[derive(Debug)]
pub struct Words(Vec<String>);

/// The letters of a word.
#[derive(Debug)]
pub struct Letters<'w>(std::str::Chars<'w>);

impl Iterator for Letters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        self.0.next()
    }
}

#[concurrent_object]
impl Words {
    /// Makes the list.
    pub fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// Every word.
    #[concurrent_object(stream)]
    pub fn all(&self) -> impl Iterator<Item = &str> + '_ {
        self.0.iter().map(String::as_str)
    }

    /// The words with this beginning.
    #[concurrent_object(stream)]
    pub fn beginning<'w>(&'w self, with: &'w str) -> Box<dyn Iterator<Item = &'w String> + 'w> {
        Box::new(self.0.iter().filter(move |word| word.starts_with(with)))
    }

    /// The letters of a word.
    #[concurrent_object(stream, result = impl Iterator<Item = char>)]
    pub fn letters(&self, word: usize) -> Letters<'_> {
        Letters(self.0.get(word).map_or("", String::as_str).chars())
    }

    /// The words as numbers.
    #[concurrent_object(stream, rename = parsed)]
    pub fn numbers(&mut self) -> impl Iterator<Item = Result<i64, std::num::ParseIntError>> {
        self.0.drain(..).map(|word| word.parse())
    }

    /// Paths in a directory.
    #[concurrent_object(stream, timeout = "10s")]
    pub fn paths(&self, of: &Path) -> impl ExactSizeIterator<Item = PathBuf> {
        self.0.iter().map(move |word| of.join(word))
    }

    /// Orders of neighbours, which have no serde.
    #[concurrent_object(stream)]
    pub fn orders(&self) -> impl Iterator<Item = Option<std::cmp::Ordering>> {
        self.0.windows(2).map(|pair| Some(pair[0].cmp(&pair[1])))
    }
}

fn take<T>(items: Items<T>) -> Vec<T> {
    items.map(|item| item.expect("no error")).collect()
}

fn main() {
    concurrent_object::init();
    let words = ["7", "eight"].map(str::to_owned).to_vec();
    let words = WordsProxy::builder("words").start(words).expect("starts");
    assert_eq!(take(words.all()), ["7", "eight"]);
    assert_eq!(take(words.beginning("e")), ["eight"]);
    assert_eq!(take(words.letters(1)).len(), 5);
    assert_eq!(take(words.paths(Path::new("/tmp"))), [Path::new("/tmp/7"), Path::new("/tmp/eight")]);
    assert_eq!(take(words.orders()), [Some(std::cmp::Ordering::Less)]);
    assert!(matches!(&take(words.parsed())[..], [Ok(7), Err(_)]));
}
