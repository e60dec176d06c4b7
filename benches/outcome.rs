//! The result type of everything that may fail in the benchmarks.

use std::error::Error;

/// A result whose error is only printed for the person who runs the benchmark.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;
