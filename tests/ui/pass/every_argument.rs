//! Every way to take an argument and to return a result.
#![deny(warnings)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr};
use std::path::{Path, PathBuf};

use concurrent_object::{Call, PushError, concurrent_object};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key(u32);

pub struct Store {
    keys: Vec<Key>,
    name: String,
}

#[concurrent_object]
impl Store {
    pub const SIZE: usize = 4;

    pub fn new(path: &Path, keys: Vec<Key>) -> Self {
        Self { keys, name: path.display().to_string() }
    }

    pub fn owned(&self, a: u8, b: String, c: [u8; Self::SIZE], d: (Key, Option<u32>), e: BTreeMap<u8, PathBuf>) -> u8 {
        let _ = (b, c, d, e);
        a
    }

    pub fn borrowed(&self, text: &str, bytes: &[u8], keys: &[Key], key: &Key, path: &Path, os: &OsStr, c: &CStr) -> usize {
        text.len() + bytes.len() + keys.len() + path.as_os_str().len() + os.len() + c.count_bytes() + key.0 as usize
    }

    pub fn optional(&self, key: Option<&Key>, text: Option<&str>, bytes: Option<&[u8]>, path: Option<&Path>) -> bool {
        key.is_some() || text.is_some() || bytes.is_some() || path.is_some()
    }

    pub fn nested<'a>(
        &self,
        words: &[&'a str],
        more: Option<&[&'a str]>,
        pair: (&str, u32),
        list: Vec<&str>,
        cow: Cow<'_, str>,
        lent: Option<&Cow<'_, str>>,
    ) -> Option<&'a str> {
        let _ = (more, pair, list, cow, lent);
        words.first().copied()
    }

    pub fn patterns(&self, (a, b): (u32, u32), mut c: u32, _: String, r#type: Key) -> u32 {
        c += a + b;
        c + r#type.0
    }

    pub fn nothing(&mut self) {
        self.keys.clear();
    }

    pub fn chained(&mut self, name: &str) -> &mut Self {
        self.name = name.to_owned();
        self
    }

    pub fn by_reference(self: &Self) -> &Self {
        self
    }

    pub fn text(&self) -> &str {
        &self.name
    }

    pub fn slice(&self) -> &[Key] {
        &self.keys
    }

    pub fn reference(&self) -> &Key {
        &self.keys[0]
    }

    pub fn path(&self) -> Option<&Path> {
        Some(Path::new(&self.name))
    }

    pub fn fallible(&self, at: usize) -> Result<&Key, String> {
        self.keys.get(at).ok_or_else(|| "no such key".to_owned())
    }

    pub fn cow(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    pub fn words(&self) -> Vec<&str> {
        self.name.split(' ').collect()
    }

    pub fn r#move(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.keys)
    }
}

/// Holds the signatures that the proxy must have.
pub fn signatures(store: &StoreProxy) {
    let _: Call<u8> = store.owned(1, String::new(), [0; 4], (Key(1), None), BTreeMap::new());
    let _: Call<usize> = store.borrowed("", &[1], &[Key(1)], &Key(1), Path::new(""), OsStr::new(""), c"");
    let _: Call<bool> = store.optional(Some(&Key(1)), None, Some(&[1]), None);
    let _: Call<Option<String>> = store.nested(&["a"], None, ("b", 1), vec!["c"], "d".into(), None);
    let _: Call<u32> = store.patterns((1, 2), 3, String::new(), Key(4));
    let _: Call<()> = store.nothing();
    let _: Call<()> = store.chained("name");
    let _: Call<()> = store.by_reference();
    let _: Call<String> = store.text();
    let _: Call<Vec<Key>> = store.slice();
    let _: Call<Key> = store.reference();
    let _: Call<Option<PathBuf>> = store.path();
    let _: Call<Result<Key, String>> = store.fallible(0);
    let _: Call<Cow<'static, str>> = store.cow();
    let _: Call<Vec<String>> = store.words();
    let _: Call<Vec<Key>> = store.r#move();

    let _: Result<_, PushError<(u8, String, [u8; 4], (Key, Option<u32>), BTreeMap<u8, PathBuf>)>> =
        store.push_owned(1, String::new(), [0; 4], (Key(1), None), BTreeMap::new());
    let _: Result<_, PushError<()>> = store.push_nested(&["a"], None, ("b", 1), vec!["c"], "d".into(), None);
    let _: Result<_, PushError<(usize,)>> = store.push_fallible(0);
    let _: Result<_, PushError<()>> = store.push_move();
}

/// Holds the outputs that a pull yields.
pub fn outputs(output: StoreOutput) -> Option<String> {
    match output {
        StoreOutput::Owned(_) | StoreOutput::Borrowed(_) | StoreOutput::Optional(_) | StoreOutput::Patterns(_) => None,
        StoreOutput::Nothing(()) | StoreOutput::Chained(()) | StoreOutput::ByReference(()) => None,
        StoreOutput::Nested(text) => text,
        StoreOutput::Text(text) => Some(text),
        StoreOutput::Path(path) => path.map(|path| path.display().to_string()),
        StoreOutput::Cow(text) => Some(text.into_owned()),
        StoreOutput::Words(mut words) => words.pop(),
        StoreOutput::Slice(mut keys) | StoreOutput::Move(mut keys) => keys.pop().map(|key| format!("{key:?}")),
        StoreOutput::Reference(key) => Some(format!("{key:?}")),
        StoreOutput::Fallible(result) => result.err(),
    }
}

fn main() {
    assert!(StoreProxy::builder("store").start(Path::new(""), Vec::new()).is_err());
    assert_eq!(format!("{:?}", StoreOutput::Nothing(())), "Nothing");
}
