//! The shared files that came with a reply.

use crate::descriptor::OwnedFd;

/// The shared files that came with a reply, if there were any.
pub(crate) type ReceivedFiles = Option<Box<[OwnedFd]>>;
