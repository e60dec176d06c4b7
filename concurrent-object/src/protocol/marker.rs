//! The mark in a child's environment, by which `init()` recognises a child.
//!
//! Knows the variable and its value; `process::handshake` compares the value with a real socket.

use super::hello::PROTOCOL;
use crate::process::handshake::Marker;

/// The variable that marks a child's environment. Its value names the release of this crate, its
/// protocol, and the control socket by inode. A program may contain two releases, and each release
/// recognises only its own children.
pub(crate) const MARKER: Marker = Marker { variable: "CONCURRENT_OBJECT_CHILD", value_for };

fn value_for(socket: u64) -> String {
    format!("{}/{PROTOCOL}:{socket}", env!("CARGO_PKG_VERSION"))
}
