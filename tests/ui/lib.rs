//! Drives the compile tests; see `ui.rs`.
