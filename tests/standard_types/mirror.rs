//! An object whose methods return what they take: types of the standard library without serde.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::io::SeekFrom;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(pub u32);

/// Types of the user with names of the standard library.
pub mod own {
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
    pub enum Ordering {
        Ascending,
        Descending,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Arc<T>(pub T);

    /// A cell of a table, which changes nothing behind a reference.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Cell(pub char);
}

pub const LONG: usize = 1000;

#[derive(Debug)]
pub struct Mirror {
    order: Ordering,
    started: Option<Instant>,
    config: Arc<Key>,
    names: Vec<OsString>,
    blocks: Vec<[u8; 64]>,
}

#[concurrent_object]
impl Mirror {
    pub const WIDTH: usize = 40;

    pub fn new(
        order: Ordering,
        started: Option<Instant>,
        config: Arc<Key>,
        names: &[&OsStr],
        block: &[u8; 64],
    ) -> Self {
        let names = names.iter().copied().map(OsStr::to_owned).collect();
        Self { order, started, config, names, blocks: vec![*block, [0; 64]] }
    }

    pub fn order(&self) -> Ordering {
        self.order
    }

    pub fn lent_order(&self) -> &Ordering {
        &self.order
    }

    pub fn maybe_order(&self) -> Option<&Ordering> {
        Some(&self.order)
    }

    pub fn reversed(
        &self,
        order: Ordering,
        lent: &Ordering,
        maybe: Option<&Ordering>,
    ) -> (Ordering, Ordering, Option<Ordering>) {
        (order.reverse(), lent.reverse(), maybe.map(|order| order.reverse()))
    }

    pub fn orders(
        &self,
        list: &[Ordering],
        each: &[&Ordering],
        rows: &[&[Ordering]],
        more: Option<&[Ordering]>,
    ) -> Vec<Ordering> {
        let each = each.iter().copied();
        let rows = rows.iter().copied().flatten();
        list.iter().chain(each).chain(rows).chain(more.unwrap_or_default()).copied().collect()
    }

    pub fn nested(
        &self,
        map: HashMap<String, Vec<(Ordering, Option<Instant>)>>,
        set: HashSet<Instant>,
        queue: VecDeque<Box<Ordering>>,
    ) -> Result<(HashMap<String, Vec<(Ordering, Option<Instant>)>>, HashSet<Instant>, VecDeque<Box<Ordering>>), String>
    {
        Ok((map, set, queue))
    }

    pub fn instants(&self, at: Instant, wait: &BTreeMap<u8, Instant>) -> (Instant, BTreeMap<u8, Instant>, bool) {
        (at, wait.clone(), at <= Instant::now())
    }

    pub fn started(&self) -> Option<Instant> {
        self.started
    }

    pub fn flow(
        &self,
        flow: ControlFlow<String, Ordering>,
        short: ControlFlow<Key>,
    ) -> (ControlFlow<String, Ordering>, ControlFlow<Key>) {
        (flow, short)
    }

    pub fn poll(&self, poll: Poll<Option<u8>>) -> Poll<Option<u8>> {
        poll
    }

    pub fn seek(&self, to: SeekFrom) -> SeekFrom {
        to
    }

    #[concurrent_object(error = "text")]
    pub fn exit(&self, status: ExitStatus) -> std::io::Result<ExitStatus> {
        Ok(status)
    }

    pub fn arcs(
        &self,
        key: Arc<Key>,
        text: Arc<str>,
        bytes: &Arc<[u8]>,
        path: Arc<Path>,
        list: Vec<Arc<Key>>,
    ) -> (Arc<Key>, Arc<str>, Arc<[u8]>, Arc<Path>, Vec<Arc<Key>>) {
        (key, text, bytes.clone(), path, list)
    }

    pub fn rc(&self, key: Rc<Key>, text: Option<Rc<str>>) -> (Rc<Key>, Option<Rc<str>>) {
        (key, text)
    }

    pub fn cells(&self, row: Vec<Rc<own::Cell>>) -> Vec<Rc<own::Cell>> {
        row
    }

    pub fn config(&self) -> &Arc<Key> {
        &self.config
    }

    pub fn maybe_config(&self) -> Option<&Arc<Key>> {
        Some(&self.config)
    }

    pub fn cow(&self) -> Cow<'_, [Ordering]> {
        Cow::Borrowed(std::slice::from_ref(&self.order))
    }

    pub fn arrays(
        &self,
        whole: [f32; LONG],
        lent: &[u8; 64],
        rows: &[[u16; 50]],
        keys: [Key; 33],
    ) -> ([f32; LONG], [u8; 64], Vec<[u16; 50]>, [Key; 33]) {
        (whole, *lent, rows.to_vec(), keys)
    }

    pub fn named_length(&self, row: [u8; Self::WIDTH]) -> Option<[u8; Self::WIDTH]> {
        Some(row)
    }

    pub fn blocks(&self) -> &[[u8; 64]] {
        &self.blocks
    }

    pub fn first_block(&self) -> Option<&[u8; 64]> {
        self.blocks.first()
    }

    pub fn each_block(&self) -> impl Iterator<Item = [u8; 64]> {
        self.blocks.clone().into_iter()
    }

    pub fn names(&self, list: Vec<&OsStr>, pair: (&OsStr, u32), maybe: Option<(&OsStr, Ordering)>) -> Vec<OsString> {
        let maybe = maybe.map(|(name, _)| name);
        let given = list.into_iter().chain([pair.0]).chain(maybe);
        self.names.iter().map(OsString::as_os_str).chain(given).map(OsStr::to_owned).collect()
    }

    pub fn lent_names(&self) -> Vec<&OsStr> {
        self.names.iter().map(OsString::as_os_str).collect()
    }

    #[concurrent_object(error = "value")]
    pub fn paths(
        &self,
        list: Vec<PathBuf>,
        pair: Option<(PathBuf, Ordering)>,
        map: HashMap<OsString, Vec<PathBuf>>,
    ) -> Result<(Vec<PathBuf>, Option<(PathBuf, Ordering)>, HashMap<OsString, Vec<PathBuf>>), PathBuf> {
        Ok((list, pair, map))
    }

    #[concurrent_object(error = "value")]
    pub fn refused(&self, path: &Path) -> Result<(), PathBuf> {
        Err(path.to_owned())
    }

    pub fn sort(
        &self,
        order: &mut Ordering,
        list: &mut [Ordering],
        block: &mut [u8; 64],
        arcs: &mut Vec<Arc<Key>>,
    ) -> Ordering {
        list.sort();
        block.fill(7);
        arcs.push(Arc::new(Key(9)));
        std::mem::replace(order, Ordering::Greater)
    }

    pub fn own(
        &self,
        order: own::Ordering,
        both: (own::Ordering, Ordering),
        arc: own::Arc<Ordering2>,
    ) -> (own::Ordering, Ordering) {
        let _ = arc;
        (if order == both.0 { order } else { both.0 }, both.1)
    }
}

/// A type with serde inside a type of the user that is called `Arc`.
pub type Ordering2 = own::Ordering;
