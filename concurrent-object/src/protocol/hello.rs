//! The first message to a child: everything that it needs before it constructs the object.
//!
//! Knows names, sizes and settings; the descriptors travel beside it.

use serde::{Deserialize, Serialize};

use super::on_panic::OnPanic;
use super::snapshot_policy::SnapshotPolicy;
use crate::process::confinement::Confinement;
use crate::transport::layout::Layout;

/// What the parent sends a child in its first message.
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
    /// When the object's state is saved; `None` if it is not.
    pub(crate) snapshots: Option<SnapshotPolicy>,
    pub(crate) constructor: u32,
    /// The offset of the structured part in the file of the constructor's arguments.
    pub(crate) structured_offset: usize,
    /// The size of the object's stack, in bytes; `None` for the main thread's stack.
    pub(crate) stack_size: Option<usize>,
    /// Whether the pages of the slots' regions are taken at the start.
    pub(crate) prefault: bool,
    /// The ids of the shared files that the constructor's arguments refer to.
    pub(crate) files: Vec<u64>,
    /// The names of the descriptors that the builder hands over, in the order of their positions.
    pub(crate) inherited: Vec<String>,
    /// Whether the parent reads standard error line by line. Then marks around a panic's lines make
    /// them one event.
    pub(crate) stderr_has_reader: bool,
    /// What the child may use and do.
    pub(crate) confinement: Confinement,
    /// Whether the calls come from another program. Then they may not refer to memory outside of
    /// their own message.
    pub(crate) is_relayed: bool,
}

/// The version of the protocol between parent and child, within one release of the crate.
pub(crate) const PROTOCOL: u32 = 4;
