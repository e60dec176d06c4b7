//! The limits: the least time that two processes need to signal each other.

pub(crate) mod eventfd;
pub(crate) mod spin;
