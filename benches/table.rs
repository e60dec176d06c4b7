//! Formats figures for the terminal.

use crate::comparison::{Comparison, Figure};

/// Prints the median time of each contender beside its ratio to the first.
pub(crate) fn print_comparison(comparison: &Comparison) {
    let rounds = comparison.figures.first().map_or(0, |figure| figure.rounds.len());
    println!("\n{} ({rounds} rounds)", comparison.title);
    for Figure { name, nanoseconds, ratio, each, .. } in &comparison.figures {
        let rate = short(1e9 / nanoseconds);
        print!("  {name:<58} {:>10} {rate:>10}/s {ratio:>9.2} x", time(*nanoseconds));
        match each {
            Some(each) => {
                println!("   p50 {:>9}  p99 {:>9}  mean {:>9}", time(each.p50), time(each.p99), time(each.mean))
            }
            None => println!(),
        }
    }
}

/// Returns a time in a suitable unit.
pub(crate) fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..1e4 => format!("{nanoseconds:.0} ns"),
        ..1e7 => format!("{:.1} µs", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}

/// Returns a rounded number without trailing zeros.
pub(crate) fn rounded(value: f64) -> String {
    ((value * 1e6).round() / 1e6).to_string()
}

/// Returns a number with few digits.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        ..0.01 => format!("{value:.1e}"),
        ..10.0 => format!("{value:.2}"),
        ..10_000.0 => format!("{value:.0}"),
        ..10_000_000.0 => format!("{:.0} k", value / 1e3),
        _ => format!("{:.1} M", value / 1e6),
    }
}

/// Returns a size in the largest unit that it reaches.
pub(crate) fn bytes(size: f64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)].map(|(unit, bits)| (unit, f64::from(1 << bits)));
    let of = units.into_iter().find(|(_, unit)| size >= *unit);
    of.map_or(format!("{size} B"), |(name, unit)| format!("{} {name}", rounded(size / unit)))
}
