//! Handles: children keep objects that cannot leave them, of three crates that do not know this
//! library. The program calls these objects there, and learns what becomes of a handle when the
//! child dies.
//!
//! - `rusqlite`: a database, its statements, and their rows.
//! - `tree-sitter`: a parser in C, its syntax trees, and edits of them.
//! - `ndarray`: tensors whose arithmetic returns further tensors.
//!
//! Run it: `cargo run --release --example handles`

mod database;
mod syntax;
mod tensor;

use anyhow::{Result, ensure};
use concurrent_object::CallError;

fn main() -> Result<()> {
    concurrent_object::init();
    database::query()?;
    let answers = database::kill()? + syntax::kill()? + tensor::kill()?;
    println!("after kills in the middle of their calls, all {answers} handles answered with an error");
    Ok(())
}

/// Checks that a call of a handle whose process was killed says so.
fn assert_gone<T>(outcome: Result<T, CallError>) -> Result<()> {
    match outcome {
        Ok(_) => anyhow::bail!("a killed process has answered"),
        Err(error) => {
            ensure!(error.object_gone(), "{error}");
            Ok(())
        }
    }
}
