//! Tests of an object against a child that the test plays: a sound child, and a malicious one.

pub(crate) mod attached;
pub(crate) mod deaths;
pub(crate) mod driving;
pub(crate) mod floods;
pub(crate) mod items;
pub(crate) mod last_slot;
pub(crate) mod player;
pub(crate) mod protocol_violations;
pub(crate) mod queue;
pub(crate) mod results;
pub(crate) mod running;
pub(crate) mod short;
