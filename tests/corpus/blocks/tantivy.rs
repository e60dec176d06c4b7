//! `tantivy` 0.13 (20a31409), `IndexWriter`. Segments, terms and documents stand in without contents.
//! Constructor: `fn open(path: &Path, heap_size: usize) -> crate::tantivy::Result<Self>`.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

pub struct IndexWriter;

pub type Opstamp = u64;

#[derive(Clone, Debug, Serialize)]
pub struct SegmentMeta {
    max_doc: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SegmentId(u128);

#[derive(Clone, Debug)]
pub struct Segment {
    meta: SegmentMeta,
}

#[derive(Clone, Debug, PartialEq, PartialOrd, Ord, Eq, Hash)]
pub struct Term(Vec<u8>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    field_values: Vec<(u32, String)>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum UserOperation {
    Add(Document),
    Delete(Term),
}

pub struct GarbageCollectionResult {
    pub deleted_files: Vec<PathBuf>,
    pub failed_to_delete_files: Vec<PathBuf>,
}

pub struct PreparedCommit<'a> {
    index_writer: &'a mut IndexWriter,
}

pub trait MergePolicy: Send + Sync + fmt::Debug {}

pub type Result<T> = std::result::Result<T, TantivyError>;

#[derive(Debug)]
pub enum TantivyError {
    InvalidArgument(String),
    ErrorInThread(String),
    IOError(std::io::Error),
}

impl fmt::Display for TantivyError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!()
    }
}

impl std::error::Error for TantivyError {}

impl IndexWriter {
    pub fn open(path: &Path, heap_size: usize) -> crate::tantivy::Result<Self> {
        unimplemented!()
    }
}

#[concurrent_object]
impl IndexWriter {
    pub fn wait_merging_threads(mut self) -> crate::tantivy::Result<()> {
        unimplemented!()
    }

    pub fn add_segment(&self, segment_meta: SegmentMeta) -> crate::tantivy::Result<()> {
        unimplemented!()
    }

    pub fn new_segment(&self) -> Segment {
        unimplemented!()
    }

    pub fn get_merge_policy(&self) -> Arc<dyn MergePolicy> {
        unimplemented!()
    }

    pub fn set_merge_policy(&self, merge_policy: Box<dyn MergePolicy>) {
        unimplemented!()
    }

    pub fn garbage_collect_files(&self) -> impl Future<Output = crate::tantivy::Result<GarbageCollectionResult>> {
        async { unimplemented!() }
    }

    pub fn delete_all_documents(&self) -> crate::tantivy::Result<Opstamp> {
        unimplemented!()
    }

    pub fn merge(&mut self, segment_ids: &[SegmentId]) -> impl Future<Output = crate::tantivy::Result<SegmentMeta>> {
        async { unimplemented!() }
    }

    pub fn rollback(&mut self) -> crate::tantivy::Result<Opstamp> {
        unimplemented!()
    }

    pub fn prepare_commit(&mut self) -> crate::tantivy::Result<PreparedCommit> {
        unimplemented!()
    }

    pub fn commit(&mut self) -> crate::tantivy::Result<Opstamp> {
        unimplemented!()
    }

    pub fn delete_term(&self, term: Term) -> Opstamp {
        unimplemented!()
    }

    pub fn commit_opstamp(&self) -> Opstamp {
        unimplemented!()
    }

    pub fn add_document(&self, document: Document) -> Opstamp {
        unimplemented!()
    }

    pub fn run(&self, user_operations: Vec<UserOperation>) -> Opstamp {
        unimplemented!()
    }
}
