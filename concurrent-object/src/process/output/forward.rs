//! Events that a child traces, sent to the parent and logged there with their own level, target and
//! fields.
//!
//! Events travel in the pipe of the child's standard error. So they keep their place among what the
//! child prints, and precede its death. A frame has at most `PIPE_BUF` bytes, so the kernel writes
//! it in one piece. The child writes without blocking (`pipe`); an event that finds no room is lost
//! and counted. The parent takes the frames out of the stream (`frames`), and gives each to its own
//! subscriber (`sites`). The parent trusts a frame no more than text that the child printed.

pub(crate) mod frames;
pub(crate) mod layer;
pub(crate) mod pipe;
pub(crate) mod record;
pub(crate) mod sites;
pub(crate) mod tell;

pub use self::layer::{ForwardLayer, forward_layer, forwards_events};
pub(crate) use self::tell::tell;
