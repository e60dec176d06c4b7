//! The limits: the least time that two processes need to signal each other, and to pass an array
//! on.

pub(crate) mod eventfd;
pub(crate) mod handoff;
pub(crate) mod spin;
