//! Measures `#[concurrent_object]` on impl blocks of published crates.
//!
//! `Block` is one file of `blocks`, with the edits made to it. `Scratch` compiles all blocks at
//! once. `follow` does what the messages say until none is left. `Table` is the result, and
//! compares it with the recorded one. `measure_alone` and `AloneTable` do the same for
//! `skip_unsupported` without other edits. How to write a block is in `README.md`.

mod alone;
mod alone_table;
mod block;
mod figures;
mod follow;
mod head;
mod implementors;
mod lasting;
mod message;
mod remedies;
mod scratch;
mod settle;
mod signature;
mod stand_in;
mod table;
mod travel;
mod written;

pub use alone::{Alone, measure_alone};
pub use alone_table::AloneTable;
pub use block::Block;
pub use figures::{Acceptance, Figures};
pub use follow::follow;
pub use remedies::Remedies;
pub use scratch::Scratch;
pub use table::Table;
