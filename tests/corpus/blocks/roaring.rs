//! `roaring` 0.12.0, `RoaringBitmap`.
//! The containers and the error stand in.

use std::error::Error;
use std::fmt;
use std::ops::RangeBounds;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntegerTooSmall;

impl fmt::Display for IntegerTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too small")
    }
}

impl Error for IntegerTooSmall {}

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RoaringBitmap {
    containers: Vec<u32>,
}

impl fmt::Debug for RoaringBitmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoaringBitmap")
    }
}

#[concurrent_object]
impl RoaringBitmap {
    pub fn new() -> RoaringBitmap {
        unimplemented!()
    }

    pub fn full() -> RoaringBitmap {
        unimplemented!()
    }

    pub fn from_lsb0_bytes(offset: u32, mut bytes: &[u8]) -> RoaringBitmap {
        unimplemented!()
    }

    pub fn insert(&mut self, value: u32) -> bool {
        unimplemented!()
    }

    pub fn insert_range<R>(&mut self, range: R) -> u64
    where
        R: RangeBounds<u32>,
    {
        unimplemented!()
    }

    pub fn try_push(&mut self, value: u32) -> Result<(), IntegerTooSmall> {
        unimplemented!()
    }

    pub fn remove(&mut self, value: u32) -> bool {
        unimplemented!()
    }

    pub fn remove_range<R>(&mut self, range: R) -> u64
    where
        R: RangeBounds<u32>,
    {
        unimplemented!()
    }

    pub fn contains(&self, value: u32) -> bool {
        unimplemented!()
    }

    pub fn contains_range<R>(&self, range: R) -> bool
    where
        R: RangeBounds<u32>,
    {
        unimplemented!()
    }

    pub fn range_cardinality<R>(&self, range: R) -> u64
    where
        R: RangeBounds<u32>,
    {
        unimplemented!()
    }

    pub fn clear(&mut self) {
        unimplemented!()
    }

    pub fn is_empty(&self) -> bool {
        unimplemented!()
    }

    pub fn is_full(&self) -> bool {
        unimplemented!()
    }

    pub fn len(&self) -> u64 {
        unimplemented!()
    }

    pub fn min(&self) -> Option<u32> {
        unimplemented!()
    }

    pub fn max(&self) -> Option<u32> {
        unimplemented!()
    }

    pub fn rank(&self, value: u32) -> u64 {
        unimplemented!()
    }

    pub fn select(&self, n: u32) -> Option<u32> {
        unimplemented!()
    }

    pub fn remove_smallest(&mut self, mut n: u64) {
        unimplemented!()
    }

    pub fn remove_biggest(&mut self, mut n: u64) {
        unimplemented!()
    }

    pub fn retain(&mut self, mut f: impl FnMut(u32) -> bool) {
        unimplemented!()
    }

    pub fn optimize(&mut self) -> bool {
        unimplemented!()
    }

    pub fn remove_run_compression(&mut self) -> bool {
        unimplemented!()
    }

    pub fn internal_validate(&self) -> Result<(), &'static str> {
        unimplemented!()
    }
}
