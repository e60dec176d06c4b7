//! What parent and child agree on: the messages, numbers and settings that pass between them.
//!
//! Knows forms and meanings. Must not know who sends: no parent, no child, no open socket. Both
//! ends run the same release, which the marker in the child's environment and `hello::PROTOCOL`
//! ensure.

#[cfg(not(loom))]
pub(crate) mod control;
#[cfg(not(loom))]
pub(crate) mod exit_code;
#[cfg(not(loom))]
pub(crate) mod failure;
#[cfg(not(loom))]
pub(crate) mod handle_key;
#[cfg(not(loom))]
pub(crate) mod hello;
#[cfg(not(loom))]
pub(crate) mod item;
#[cfg(not(loom))]
pub(crate) mod marker;
#[cfg(not(loom))]
pub(crate) mod method;
#[cfg(not(loom))]
pub(crate) mod methods;
pub(crate) mod notice;
#[cfg(not(loom))]
pub(crate) mod on_panic;
#[cfg(not(loom))]
pub(crate) mod refusal;
#[cfg(not(loom))]
#[cfg_attr(not(feature = "bridge"), allow(dead_code, unreachable_pub))]
pub(crate) mod remote;
#[cfg(not(loom))]
pub(crate) mod snapshot_policy;
pub(crate) mod tag;
#[cfg(not(loom))]
pub(crate) mod thread_start;
