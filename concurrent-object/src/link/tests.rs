//! A link against a child that is played by the test: an honest one, and one that means harm.

mod attached;
mod deaths;
mod driving;
mod nonsense;
mod player;
mod queue;
mod results;
