//! Mutated states: everything that a child can write, damaged at random, given to the code of the
//! parent that must check it.
//!
//! Each target interprets the bytes of an input: as words of shared memory, as a message, or as a
//! script of what parent and child do. It compares what the parent makes of them with a *judge*,
//! which says the same rules in another way. So a check that is missing, or one that refuses what
//! is sound, is a difference. Memory with an inaccessible page behind it shows reads beyond an end.
//!
//! The inputs come from a corpus, and from a mutator that is seeded, so each run can be repeated.
//! An input that leads to a kind of outcome that was not seen before joins the corpus of the run.
//!
//! Usually each target plays a few thousand states. `bash .ci/fuzz` plays ten million.
//! `FUZZ_STATES`, `FUZZ_SEED` and `FUZZ_INPUT` (the hexadecimal input that a failure prints) choose
//! others.

mod allocation;
mod choices;
mod corpus;
mod guarded;
mod mutator;
mod runner;

mod child;
mod files;
mod items;
mod messages;
#[cfg(feature = "tracing-forward")]
mod output;
mod snapshots;
mod values;
mod words;
