//! Every form of argument and result arrives unchanged, through calls and through pushes.

use std::borrow::Cow;
use std::ffi::{CStr, OsStr};
use std::path::{Path, PathBuf};

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

concurrent_object::init_before_main!();

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key(u32);

#[derive(Debug)]
pub struct Store {
    keys: Vec<Key>,
    name: String,
}

#[concurrent_object]
impl Store {
    pub const SIZE: usize = 4;

    pub fn new(keys: Vec<Key>, name: &str, first: Option<&Key>) -> Self {
        let keys = first.cloned().into_iter().chain(keys).collect();
        Self { keys, name: name.to_owned() }
    }

    pub fn open(path: &Path) -> Result<Self, std::io::Error> {
        std::fs::read(path).map(|_| Self::new(Vec::new(), "opened", None))
    }

    pub fn find(name: Option<&str>) -> Option<Self> {
        name.map(|name| Self::new(vec![Key(1)], name, None))
    }

    pub fn owned(&self, a: u8, b: String, c: [u8; Self::SIZE], d: (Key, Option<u32>), e: Vec<f64>) -> String {
        format!("{a} {b} {c:?} {d:?} {e:?}")
    }

    #[allow(clippy::too_many_arguments, reason = "every form is to be there")]
    pub fn borrowed(
        &self,
        text: &str,
        bytes: &[u8],
        keys: &[Key],
        key: &Key,
        path: &Path,
        os: &OsStr,
        c: &CStr,
    ) -> String {
        format!("{text} {bytes:?} {keys:?} {key:?} {path:?} {os:?} {c:?}")
    }

    pub fn lent(&self, number: &u64, list: &Vec<Key>, text: &String, pair: &(u8, char)) -> String {
        format!("{number} {list:?} {text} {pair:?}")
    }

    pub fn optional(
        &self,
        key: Option<&Key>,
        keys: Option<&[Key]>,
        text: Option<&str>,
        bytes: Option<&[u8]>,
        path: Option<&Path>,
        number: Option<&i64>,
    ) -> String {
        format!("{key:?} {keys:?} {text:?} {bytes:?} {path:?} {number:?}")
    }

    pub fn nested<'a>(
        &self,
        words: &[&'a str],
        more: Option<&[&'a str]>,
        pair: (&str, u32),
        list: Vec<&str>,
        cow: Cow<'_, str>,
        lent: Option<&Cow<'_, str>>,
    ) -> Vec<&'a str> {
        assert_eq!(format!("{pair:?} {list:?} {cow} {lent:?}"), r#"("b", 1) ["c", "d"] e Some("f")"#);
        words.iter().chain(more.unwrap_or_default()).copied().collect()
    }

    pub fn patterns(&self, (a, b): (u32, u32), mut c: u32, _: String, r#type: Key) -> u32 {
        c += a + b;
        c + r#type.0
    }

    pub fn rename(&mut self, name: &str) -> &mut Self {
        self.name = name.to_owned();
        self
    }

    pub fn clear(&mut self) {
        self.keys.clear();
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

    pub fn whole_path(&self) -> &Path {
        Path::new(&self.name)
    }

    pub fn fallible(&self, at: usize) -> Result<&Key, String> {
        self.keys.get(at).ok_or_else(|| format!("no key {at}"))
    }

    pub fn cow(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    pub fn bytes(&self) -> &[u8] {
        self.name.as_bytes()
    }
}

fn keys() -> Vec<Key> {
    vec![Key(1), Key(2)]
}

fn local() -> Store {
    Store::new(keys(), "the store", Some(&Key(0)))
}

fn remote() -> StoreProxy {
    StoreProxy::builder("store").start(keys(), "the store", Some(&Key(0))).expect("a child starts")
}

/// Calls a method in the child and in this process, and compares the results.
macro_rules! assert_same {
    ($method:ident($($argument:expr),* $(,)?)) => {
        assert_eq!(
            remote().$method($($argument),*).wait().expect("the call has a result"),
            local().$method($($argument),*),
        )
    };
}

#[test]
fn arguments_arrive_unchanged() {
    assert_same!(owned(1, "b".to_owned(), [1, 2, 3, 4], (Key(5), Some(6)), vec![0.5, f64::INFINITY]));
    assert_same!(borrowed("text", &[1, 2], &keys(), &Key(3), Path::new("/p"), OsStr::new("os"), c"c"));
    assert_same!(lent(&7, &keys(), &"text".to_owned(), &(8, '9')));
    assert_same!(patterns((1, 2), 3, String::new(), Key(4)));
}

#[test]
fn optional_arguments_arrive_present_or_absent() {
    assert_same!(optional(None, None, None, None, None, None));
    let (key, keys) = (Key(1), keys());
    assert_same!(optional(Some(&key), Some(&keys), Some("text"), Some(&[1, 2]), Some(Path::new("/p")), Some(&-1)));
}

#[test]
fn arguments_that_borrow_inside_arrive() {
    let lent = Cow::Borrowed("f");
    for more in [None, Some(&["x", "y"][..])] {
        assert_same!(nested(&["a"], more, ("b", 1), vec!["c", "d"], "e".into(), Some(&lent)));
    }
}

#[test]
fn borrowed_results_arrive_in_their_owned_form() {
    assert_same!(text());
    assert_same!(slice());
    assert_same!(bytes());
    assert_same!(cow());
    let (local, remote) = (local(), remote());
    assert_eq!(remote.reference().wait().expect("a result"), *local.reference());
    assert_eq!(remote.path().wait().expect("a result"), local.path().map(PathBuf::from));
    assert_eq!(remote.whole_path().wait().expect("a result"), local.whole_path());
    assert_eq!(remote.fallible(1).wait().expect("a result"), local.fallible(1).cloned());
    assert_eq!(remote.fallible(9).wait().expect("a result"), Err("no key 9".to_owned()));
}

#[test]
fn methods_without_a_result_and_chaining_ones_change_the_object() {
    let store = remote();
    store.rename("renamed").wait().expect("a result");
    assert_eq!(store.text().wait().expect("a result"), "renamed");
    store.clear().wait().expect("a result");
    assert_eq!(store.slice().wait().expect("a result"), []);
}

#[test]
fn pushed_calls_yield_their_variants_in_order() {
    let store = remote();
    store.push_text().expect("a slot is free");
    store.push_clear().expect("a slot is free");
    store.push_fallible(0).expect("a slot is free");
    assert!(matches!(store.wait_pull(), Ok(Some(StoreOutput::Text(text))) if text == "the store"));
    assert!(matches!(store.wait_pull(), Ok(Some(StoreOutput::Clear(())))));
    assert!(matches!(store.wait_pull(), Ok(Some(StoreOutput::Fallible(Err(_))))));
}

#[test]
fn each_constructor_has_its_start() {
    let found = StoreProxy::builder("found").start_find(Some("name")).expect("a child starts");
    assert_eq!(found.text().wait().expect("a result"), "name");
    let missing = StoreProxy::builder("missing").start_find(None).expect("a child starts");
    assert!(missing.wait_until_ready().is_err());
    let unopened = StoreProxy::builder("unopened").start_open(Path::new("/nowhere")).expect("a child starts");
    let error = unopened.wait_until_ready().expect_err("there is no such file");
    assert!(error.to_string().contains("No such file"), "{error}");
}
