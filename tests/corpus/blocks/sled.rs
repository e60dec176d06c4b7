//! `sled` 0.34 (007a5100), `Tree`. Iterators, transactions and subscribers stand in without contents.
//! Constructor: `fn open(path: &Path) -> Result<Self>`.

use std::fmt;
use std::ops::RangeBounds;
use std::path::Path;
use std::sync::Arc;

use concurrent_object::concurrent_object;

#[derive(Clone)]
pub struct Tree(Arc<()>);

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IVec(Vec<u8>);

impl From<Vec<u8>> for IVec {
    fn from(_: Vec<u8>) -> Self {
        unimplemented!()
    }
}

impl From<&[u8]> for IVec {
    fn from(_: &[u8]) -> Self {
        unimplemented!()
    }
}

impl From<&str> for IVec {
    fn from(_: &str) -> Self {
        unimplemented!()
    }
}

impl AsRef<[u8]> for IVec {
    fn as_ref(&self) -> &[u8] {
        unimplemented!()
    }
}

pub type Result<T> = std::result::Result<T, Error>;

pub type CompareAndSwapResult = Result<std::result::Result<(), CompareAndSwapError>>;

#[derive(Clone, Debug, PartialEq)]
pub struct CompareAndSwapError {
    pub current: Option<IVec>,
    pub proposed: Option<IVec>,
}

impl fmt::Display for CompareAndSwapError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for CompareAndSwapError {}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Error {
    Io(std::io::ErrorKind),
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for Error {}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Batch;

pub struct Subscriber;

pub struct Iter;

impl Iterator for Iter {
    type Item = Result<(IVec, IVec)>;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!()
    }
}

pub trait MergeOperator: Send + Sync + Fn(&[u8], Option<&[u8]>, &[u8]) -> Option<Vec<u8>> {}

impl<F> MergeOperator for F where F: Send + Sync + Fn(&[u8], Option<&[u8]>, &[u8]) -> Option<Vec<u8>> {}

pub mod transaction {
    pub struct TransactionalTree;

    #[derive(Debug, Clone, PartialEq)]
    pub enum TransactionError<T = super::Error> {
        Abort(T),
        Storage(super::Error),
    }

    #[derive(Debug, Clone, PartialEq)]
    pub enum ConflictableTransactionError<T = super::Error> {
        Abort(T),
        Conflict,
    }

    pub type TransactionResult<T, E = ()> = std::result::Result<T, TransactionError<E>>;

    pub type ConflictableTransactionResult<T, E = ()> = std::result::Result<T, ConflictableTransactionError<E>>;
}

impl Tree {
    pub fn open(path: &Path) -> Result<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl Tree {
    #[deprecated]
    pub fn set<K, V>(&self, key: K, value: V) -> Result<Option<IVec>>
    where
        K: AsRef<[u8]>,
        IVec: From<V>,
    {
        unimplemented!()
    }

    pub fn insert<K, V>(&self, key: K, value: V) -> Result<Option<IVec>>
    where
        K: AsRef<[u8]>,
        IVec: From<V>,
    {
        unimplemented!()
    }

    pub fn transaction<F, A, E>(&self, f: F) -> transaction::TransactionResult<A, E>
    where
        F: Fn(&transaction::TransactionalTree) -> transaction::ConflictableTransactionResult<A, E>,
    {
        unimplemented!()
    }

    pub fn apply_batch(&self, batch: Batch) -> Result<()> {
        unimplemented!()
    }

    pub fn get<K: AsRef<[u8]>>(&self, key: K) -> Result<Option<IVec>> {
        unimplemented!()
    }

    #[deprecated]
    pub fn del<K: AsRef<[u8]>>(&self, key: K) -> Result<Option<IVec>> {
        unimplemented!()
    }

    pub fn remove<K: AsRef<[u8]>>(&self, key: K) -> Result<Option<IVec>> {
        unimplemented!()
    }

    pub fn compare_and_swap<K, OV, NV>(&self, key: K, old: Option<OV>, new: Option<NV>) -> CompareAndSwapResult
    where
        K: AsRef<[u8]>,
        OV: AsRef<[u8]>,
        NV: Into<IVec>,
    {
        unimplemented!()
    }

    pub fn update_and_fetch<K, V, F>(&self, key: K, mut f: F) -> Result<Option<IVec>>
    where
        K: AsRef<[u8]>,
        F: FnMut(Option<&[u8]>) -> Option<V>,
        V: Into<IVec>,
    {
        unimplemented!()
    }

    pub fn fetch_and_update<K, V, F>(&self, key: K, mut f: F) -> Result<Option<IVec>>
    where
        K: AsRef<[u8]>,
        F: FnMut(Option<&[u8]>) -> Option<V>,
        V: Into<IVec>,
    {
        unimplemented!()
    }

    pub fn watch_prefix<P: AsRef<[u8]>>(&self, prefix: P) -> Subscriber {
        unimplemented!()
    }

    pub fn flush(&self) -> Result<usize> {
        unimplemented!()
    }

    pub async fn flush_async(&self) -> Result<usize> {
        unimplemented!()
    }

    pub fn contains_key<K: AsRef<[u8]>>(&self, key: K) -> Result<bool> {
        unimplemented!()
    }

    pub fn get_lt<K>(&self, key: K) -> Result<Option<(IVec, IVec)>>
    where
        K: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn get_gt<K>(&self, key: K) -> Result<Option<(IVec, IVec)>>
    where
        K: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn merge<K, V>(&self, key: K, value: V) -> Result<Option<IVec>>
    where
        K: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn set_merge_operator(&self, merge_operator: impl MergeOperator + 'static) {
        unimplemented!()
    }

    pub fn iter(&self) -> Iter {
        unimplemented!()
    }

    pub fn range<K, R>(&self, range: R) -> Iter
    where
        K: AsRef<[u8]>,
        R: RangeBounds<K>,
    {
        unimplemented!()
    }

    pub fn scan_prefix<P>(&self, prefix: P) -> Iter
    where
        P: AsRef<[u8]>,
    {
        unimplemented!()
    }

    pub fn first(&self) -> Result<Option<(IVec, IVec)>> {
        unimplemented!()
    }

    pub fn last(&self) -> Result<Option<(IVec, IVec)>> {
        unimplemented!()
    }

    pub fn pop_max(&self) -> Result<Option<(IVec, IVec)>> {
        unimplemented!()
    }

    pub fn pop_min(&self) -> Result<Option<(IVec, IVec)>> {
        unimplemented!()
    }

    pub fn len(&self) -> usize {
        unimplemented!()
    }

    pub fn is_empty(&self) -> bool {
        unimplemented!()
    }

    pub fn clear(&self) -> Result<()> {
        unimplemented!()
    }

    pub fn name(&self) -> IVec {
        unimplemented!()
    }

    pub fn checksum(&self) -> Result<u32> {
        unimplemented!()
    }
}
