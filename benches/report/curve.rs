//! Figures over a number that grows: of objects, of threads, of bytes.
//!
//! A section adds its points; the plots draw them. Knows nothing of how a figure was measured or
//! how it is drawn.

use serde::Serialize;

use crate::comparison::{Comparison, Figure};

/// The name of an axis of sizes, whose labels have units.
pub(crate) const BYTES: &str = "bytes";

/// The points of one contender.
pub(crate) type Points = Vec<(f64, f64)>;

/// Lines over one number, one line for each contender.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Curve {
    /// The name of the plot's file, without its extension.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What grows.
    pub(crate) x: &'static str,
    /// What the points show, with its unit.
    pub(crate) y: &'static str,
    /// The contenders, in the order in which they were added.
    pub(crate) lines: Vec<(String, Points)>,
}

impl Curve {
    pub(crate) fn new(name: &'static str, title: &'static str, x: &'static str, y: &'static str) -> Self {
        Self { name, title, x, y, lines: Vec::new() }
    }

    /// Adds a point to the line of this contender.
    pub(crate) fn point(&mut self, line: &str, x: f64, y: f64) {
        match self.lines.iter_mut().find(|(name, _)| name == line) {
            Some((_, points)) => points.push((x, y)),
            None => self.lines.push((line.to_owned(), vec![(x, y)])),
        }
    }

    /// Adds a point for each contender of a comparison.
    pub(crate) fn points(&mut self, x: f64, comparison: &Comparison, y: impl Fn(&Figure) -> f64) {
        for figure in &comparison.figures {
            self.point(&figure.name, x, y(figure));
        }
    }
}

/// Returns the time of a call in microseconds.
pub(crate) fn microseconds(figure: &Figure) -> f64 {
    figure.nanoseconds / 1e3
}
