//! Sizes and times that both sides must agree on, and their defaults.
//!
//! Knows how they are written; `check_limits` in the parent says which are refused.
//! Invariant: each has a default.

use std::time::Duration;

use serde::Deserialize;

/// Sizes and times that both sides must agree on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Limits {
    /// How long a side may be silent until it counts as lost. Two seconds.
    #[serde(deserialize_with = "duration")]
    pub lease: Duration,
    /// The largest message. 64 MiB and 128 KiB.
    pub message: bytesize::ByteSize,
    /// How many calls to one object may be under way, and so how many slots it may have. 128.
    pub window: u32,
    /// How long an object outlives its proxy's connection. Ten seconds.
    #[serde(deserialize_with = "duration")]
    pub owner_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(2),
            // The library's default of 64 MiB, and what stands around a value of that size.
            message: bytesize::ByteSize::b((64 << 20) + (128 << 10)),
            window: 128,
            owner_grace: Duration::from_secs(10),
        }
    }
}

fn duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(serde::de::Error::custom)
}
