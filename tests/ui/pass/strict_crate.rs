//! A crate that denies all lints that can be denied.
#![forbid(unsafe_code)]
#![deny(warnings, dead_code, unused, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]
#![deny(clippy::all, clippy::pedantic)]

use std::error::Error;
use std::path::Path;

use concurrent_object::concurrent_object;

/// Finds things.
#[derive(Debug)]
pub struct Detector {
    threshold: f32,
}

#[concurrent_object]
impl Detector {
    /// Loads a model.
    pub fn new(model: &Path, threshold: f32) -> Result<Self, std::io::Error> {
        std::fs::metadata(model)?;
        Ok(Self { threshold })
    }

    /// Finds what is brighter than the threshold.
    pub fn detect(&mut self, frame: &[f32], size: (u32, u32)) -> Vec<u32> {
        let _ = size;
        (0..).zip(frame).filter(|(_, value)| **value > self.threshold).map(|(at, _)| at).collect()
    }

    /// The threshold.
    #[must_use]
    pub fn threshold(&self) -> f32 {
        self.threshold
    }
}

mod private {
    use concurrent_object::concurrent_object;

    struct Hidden(u64);

    #[concurrent_object]
    impl Hidden {
        pub(super) fn new(start: u64) -> Self {
            Self(start)
        }

        pub(super) fn next(&mut self) -> u64 {
            self.0 += 1;
            self.0
        }

        pub(crate) fn reset(&mut self) {
            self.0 = 0;
        }
    }

    pub(super) fn start() -> bool {
        HiddenProxy::builder("hidden").start(1).is_ok()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let refused = DetectorProxy::builder("detector").max_input_size("4 MB").start(Path::new("model"), 0.5);
    assert!(refused.is_err(), "no child is made without `init`");
    assert!(!private::start());

    #[derive(Debug)]
    struct Local(u8);

    #[concurrent_object]
    impl Local {
        pub(crate) fn new() -> Self {
            Self(0)
        }

        pub(crate) fn get(&self) -> u8 {
            self.0
        }
    }

    assert!(LocalProxy::builder("local").start().is_err());
    Ok(())
}
