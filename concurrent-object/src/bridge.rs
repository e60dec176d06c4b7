//! Objects in other programs, for crates that carry their calls (feature `bridge`).
//!
//! A proxy whose builder has `.on(remote)` starts its object through a [`Remote`], which a transport
//! crate implements. Calls leave as [`Message`]s through a [`Carrier`], and what happens there comes
//! back as [`Event`]s. In the other program a [`Registry`] starts the object in a child process of
//! its own, and the [`Relayed`] takes the calls.

pub use crate::protocol::remote::{
    Carrier, EndKind, Event, Events, Message, OnPanicKind, Remote, RemoteExit, RemoteStart,
};
pub use crate::proxy::relayed::{FarOptions, Registry, Relayed};
