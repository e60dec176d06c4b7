//! Generic functions, with types that the attribute selects.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use concurrent_object::concurrent_object;
use proptest::prelude::*;

pub struct Store {
    path: PathBuf,
    lines: BTreeMap<String, u64>,
}

#[concurrent_object]
impl Store {
    #[concurrent_object(with(P = PathBuf))]
    pub fn open<P: AsRef<Path>>(path: P) -> Self {
        Self { path: path.as_ref().to_owned(), lines: BTreeMap::new() }
    }

    #[concurrent_object(rename = new, with(P = Path))]
    pub fn borrow<P: AsRef<Path> + ?Sized>(path: &P) -> Self {
        Self::open(path)
    }

    #[concurrent_object(with(K = String, I = Vec<(String, u64)>))]
    pub fn extend<K, I>(&mut self, lines: I) -> Option<K>
    where
        K: From<String>,
        I: IntoIterator<Item = (K, u64)>,
        K: Into<String>,
    {
        for (name, value) in lines {
            self.lines.insert(name.into(), value);
        }
        self.lines.keys().next().map(|first| K::from(first.clone()))
    }

    #[concurrent_object(with(I = Vec<u64>))]
    pub fn items<I: IntoIterator<Item = u64>>(&self, items: I) -> Vec<I::Item> {
        items.into_iter().map(|item| item ^ 1).collect()
    }

    #[concurrent_object(with(I = Vec<u64>))]
    pub fn qualified<I: IntoIterator + Clone>(&self, items: I) -> Option<<I as IntoIterator>::Item> {
        items.into_iter().next()
    }

    #[concurrent_object(with(path = &Path, name = String, parts = [u8]))]
    pub fn rename(
        &mut self,
        path: impl AsRef<Path>,
        name: &impl AsRef<str>,
        parts: &(impl AsRef<[u8]> + ?Sized),
    ) -> String {
        let part = format!("{}{:?}", name.as_ref(), parts.as_ref());
        self.path = path.as_ref().join(part);
        self.path.display().to_string()
    }

    #[concurrent_object(with(N = 3, D = u8))]
    pub fn row<D: Display, const N: usize>(&self, row: [u64; N], label: &D) -> String {
        format!("{label}: {row:?} in {}", self.path.display())
    }

    #[concurrent_object(with(T = str))]
    pub fn get<'k, T: AsRef<str> + ?Sized>(&self, keys: &'k [&'k T]) -> Vec<(&'k str, Option<u64>)> {
        keys.iter().map(|key| (key.as_ref(), self.lines.get(key.as_ref()).copied())).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn selected_types_behave_as_in_this_process(
        lines in prop::collection::vec((".{0,3}", any::<u64>()), 0..6),
        row in any::<[u64; 3]>(),
        path in "[a-z]{1,8}",
    ) {
        let mut local = Store::open(PathBuf::from(&path));
        let remote = StoreProxy::builder("store").start(Path::new(&path)).expect("a child starts");
        prop_assert_eq!(remote.extend(lines.clone()).wait().expect("a result"), local.extend(lines.clone()));
        let values: Vec<u64> = lines.iter().map(|line| line.1).collect();
        prop_assert_eq!(remote.items(values.clone()).wait().expect("a result"), local.items(values.clone()));
        prop_assert_eq!(remote.qualified(values.clone()).wait().expect("a result"), local.qualified(values));
        prop_assert_eq!(remote.row(row, &9).wait().expect("a result"), local.row(row, &9));
        let name = path.clone();
        let renamed = local.rename(&path, &name, &[1, 2][..]);
        prop_assert_eq!(remote.rename(Path::new(&path), &name, &[1, 2]).wait().expect("a result"), renamed);
        let keys: Vec<&str> = lines.iter().map(|line| &*line.0).chain(["missing"]).collect();
        let found = local.get(&keys).into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Vec<_>>();
        prop_assert_eq!(remote.get(&keys).wait().expect("a result"), found);
    }
}

#[test]
fn a_generic_constructor_takes_the_selected_type() {
    let store = StoreProxy::builder("store").start_open(PathBuf::from("/p")).expect("a child starts");
    assert_eq!(store.row([1, 2, 3], &4).wait().expect("a result"), "4: [1, 2, 3] in /p");
}
