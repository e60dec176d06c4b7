//! The limits: what two processes need at least to tell each other something.

pub(crate) mod eventfd;
pub(crate) mod spin;
