//! The first message to a child.

use serde::{Deserialize, Serialize};

use super::on_panic::OnPanic;
use super::snapshot_policy::SnapshotPolicy;
use crate::transport::layout::Layout;

/// What a child is told in its first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) protocol: u32,
    /// Device and inode of the executable.
    pub(crate) executable: (u64, u64),
    pub(crate) entry: usize,
    pub(crate) type_name: String,
    pub(crate) name: String,
    pub(crate) layout: Layout,
    pub(crate) on_panic: OnPanic,
    /// When the object's state is saved, if it is.
    pub(crate) snapshots: Option<SnapshotPolicy>,
    pub(crate) constructor: u32,
    /// Where the structured part of the constructor's arguments begins in their file.
    pub(crate) structured_offset: usize,
    /// How much stack the object has, unless it is that of the main thread.
    pub(crate) stack_size: Option<usize>,
    /// Whether the areas' pages are taken at the start.
    pub(crate) prefault: bool,
    /// The shared files that they refer to.
    pub(crate) files: Vec<u64>,
    /// The names of the descriptors that the builder hands over, in their order.
    pub(crate) inherited: Vec<String>,
    /// Whether standard error is read line by line: then marks around a panic make it one event.
    pub(crate) stderr_has_reader: bool,
}

/// The version of everything that the two ends agree on, within a release.
pub(crate) const PROTOCOL: u32 = 2;
