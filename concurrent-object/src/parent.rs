//! The parent's side of one object.

pub(crate) mod calls;
#[cfg(not(loom))]
pub(crate) mod life;
#[cfg(not(loom))]
pub(crate) mod object;
#[cfg(not(loom))]
pub(crate) mod pauses;
#[cfg(not(loom))]
pub(crate) mod threads;
