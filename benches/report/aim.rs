//! The aims of the benchmarks, and whether they were met.

use serde::Serialize;

use crate::table;

/// A bound, and the measured value.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Aim {
    pub(crate) work: String,
    pub(crate) aim: String,
    pub(crate) measured: String,
    /// `None` if it could not be measured.
    pub(crate) met: Option<bool>,
}

impl Aim {
    /// A ratio that is to be at most `bound`.
    pub(crate) fn at_most(work: impl Into<String>, bound: f64, of: &str, measured: Option<f64>) -> Self {
        Self {
            work: work.into(),
            aim: format!("≤ {bound} × {of}"),
            measured: measured.map_or("not measured".into(), |ratio| format!("{ratio:.2} ×")),
            met: measured.map(|ratio| ratio <= bound),
        }
    }

    /// A ratio that is to be at least `bound`.
    pub(crate) fn at_least(work: impl Into<String>, bound: f64, of: &str, measured: Option<f64>) -> Self {
        let aim = format!("≥ {bound} × {of}");
        Self { aim, met: measured.map(|ratio| ratio >= bound), ..Self::at_most(work, bound, of, measured) }
    }

    /// A number that is to be at most `bound`.
    pub(crate) fn number(work: impl Into<String>, bound: f64, unit: &str, measured: f64) -> Self {
        Self {
            work: work.into(),
            aim: format!("≤ {bound} {unit}"),
            measured: format!("{} {unit}", table::short(measured)),
            met: Some(measured <= bound),
        }
    }
}

/// Prints the aims, and whether they were met.
pub(super) fn print_aims<'a>(aims: impl Iterator<Item = &'a Aim>) {
    println!("\n{:<58} {:<42} {:>22}", "work", "aim", "measured");
    for Aim { work, aim, measured, met } in aims {
        println!("{work:<58} {aim:<42} {measured:>22}  {}", verdict(*met));
    }
}

pub(super) fn verdict(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "-",
    }
}
