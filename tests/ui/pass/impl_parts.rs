//! An object with several attributed blocks.
#![deny(warnings)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub)]

use std::time::Duration;

use concurrent_object::concurrent_object;

/// A script.
#[derive(Debug)]
pub struct Script {
    lines: Vec<String>,
}

const LIMIT: Duration = Duration::from_secs(1);

#[concurrent_object(parts(eval, display = inner::ScriptDisplayOutput, hidden))]
impl Script {
    /// Makes a script.
    #[must_use]
    pub const fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// Adds a line.
    #[concurrent_object(timeout = "2s")]
    pub fn add(&mut self, line: String) {
        self.lines.push(line);
    }
}

#[concurrent_object(part = eval, output_derive(Debug, Clone))]
impl Script {
    /// Counts the lines.
    #[must_use]
    #[concurrent_object(idempotent, timeout = LIMIT)]
    pub const fn count(&self) -> usize {
        self.lines.len()
    }

    /// Returns the lines.
    #[must_use]
    pub fn finish(self) -> Vec<String> {
        self.lines
    }
}

#[concurrent_object(part = hidden)]
impl Script {
    pub(crate) fn scale(&self, by: &mut [f32]) {
        by.iter_mut().for_each(|one| *one *= 2.0);
    }
}

mod inner {
    use concurrent_object::concurrent_object;

    use super::{Script, ScriptProxy};

    #[concurrent_object(part = display, vis = "pub(crate)")]
    impl std::string::ToString for Script {
        fn to_string(&self) -> String {
            self.lines.concat()
        }
    }

    #[allow(dead_code)]
    pub(crate) fn used(_: &ScriptProxy) {}
}

fn main() {
    let _ = |script: ScriptProxy| {
        inner::used(&script);
        let _ = script.count();
        let _ = script.scale(&mut [1.0]);
        script.finish()
    };
}
