//! Objects in other programs, for crates that carry their calls (feature `bridge`).
//!
//! A builder with `.on(remote)` starts its object through a [`Remote`], which a transport crate
//! implements. Calls leave as [`Message`]s through a [`Carrier`]. What happens in the other program
//! comes back as [`Event`]s. There, a [`Registry`] starts the object in a child process of its own,
//! and the [`Relayed`] takes the calls.
//!
//! Knows names only. Invariant: no other public item of the library is for transports.

pub use crate::protocol::remote::{
    CallLimits, Carrier, Diagnosis, EndKind, Event, Events, Gone, Message, NoTraceParent, OnPanicKind, RawPart,
    RawPieces, Refusal, Remote, RemoteExit, RemoteStart, RemoteViolation, TraceParent,
};
pub use crate::proxy::relayed::{FarOptions, Loopback, Registry, Relayed, set_default_remote};
