//! A object against a child that is played by the test: an honest one, and one that means harm.

pub(crate) mod attached;
pub(crate) mod deaths;
pub(crate) mod driving;
pub(crate) mod nonsense;
pub(crate) mod player;
pub(crate) mod queue;
pub(crate) mod results;
