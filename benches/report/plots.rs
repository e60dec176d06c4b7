//! The plots: the round trip of each contender as bars, and each curve as lines.

use std::path::Path;

use plotters::prelude::*;

use super::Findings;
use super::curve::{BYTES, Curve, Points};
use super::machine::Machine;
use crate::comparison::Comparison;
use crate::outcome::Outcome;
use crate::{table, titles};

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

const SIZE: (u32, u32) = (960, 540);
/// The left end of the bars: a logarithmic scale has no zero.
const LEFT: f64 = 0.02;
/// The margin above and below lines, as a factor.
const MARGIN: f64 = 2.0;
const OURS: RGBColor = RGBColor(200, 60, 30);
const LIMITS: [RGBColor; 2] = [RGBColor(60, 60, 60), RGBColor(150, 150, 150)];
const OTHERS: [RGBColor; 9] = [
    RGBColor(31, 119, 180),
    RGBColor(44, 160, 44),
    RGBColor(148, 103, 189),
    RGBColor(188, 160, 34),
    RGBColor(23, 160, 190),
    RGBColor(227, 119, 194),
    RGBColor(140, 86, 75),
    RGBColor(120, 120, 220),
    RGBColor(90, 180, 150),
];

/// The plot of the round trips, as a file's name and a title.
const ROUND_TRIPS: (&str, &str) = ("latency", "Round trip of add(u64, u64), log scale");

/// Returns the plots of a section: the names of their files, and their titles.
pub(super) fn of(findings: &Findings) -> impl Iterator<Item = (&'static str, &'static str)> {
    let bars = findings.comparisons.iter().filter(|one| one.title == titles::LATENCY).map(|_| ROUND_TRIPS);
    bars.chain(findings.curves.iter().map(|curve| (curve.name, curve.title)))
}

/// Draws the figures of this run.
pub(crate) fn draw<'f>(folder: &Path, machine: &Machine, sections: impl Iterator<Item = &'f Findings>) -> Outcome {
    for Findings { comparisons, curves, .. } in sections {
        for round_trips in comparisons.iter().filter(|one| one.title == titles::LATENCY) {
            draw_bars(&folder.join(ROUND_TRIPS.0).with_extension("svg"), machine, round_trips)?;
        }
        for curve in curves {
            draw_curve(&folder.join(curve.name).with_extension("svg"), machine, curve)?;
        }
    }
    Ok(())
}

/// Starts a picture: its title, and below it the machine.
fn begin<'a>(path: &'a Path, title: &str, machine: &Machine) -> Outcome<Area<'a>> {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    area.draw(&Text::new(title.to_owned(), (20, 16), ("sans-serif", 22)))?;
    area.draw(&Text::new(machine.describe(), (20, 44), ("sans-serif", 13).into_font().color(&BLACK.mix(0.6))))?;
    Ok(area.margin(70, 10, 10, 20))
}

/// Draws a bar for each contender, on a log scale.
fn draw_bars(path: &Path, machine: &Machine, comparison: &Comparison) -> Outcome {
    let area = begin(path, ROUND_TRIPS.1, machine)?;
    let mut figures: Vec<_> = comparison.figures.iter().collect();
    figures.sort_by(|one, other| one.nanoseconds.total_cmp(&other.nanoseconds));
    let count = figures.len();
    let slowest = figures.iter().map(|figure| figure.nanoseconds / 1e3).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(&area)
        .x_label_area_size(40)
        .y_label_area_size(300)
        .build_cartesian_2d((LEFT..slowest * 4.0).log_scale(), 0.0..count as f64)?;
    let name = |at: &f64| {
        let row = count.checked_sub(1 + at.floor() as usize);
        row.and_then(|row| figures.get(row)).map_or(String::new(), |figure| figure.name.clone())
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .y_labels(0)
        .x_desc("µs")
        .label_style(("sans-serif", 14))
        .draw()?;
    for (row, figure) in figures.iter().enumerate() {
        let (bottom, time) = ((count - 1 - row) as f64, figure.nanoseconds / 1e3);
        let [color, ..] = colors_of(std::iter::once(figure.name.as_str()))[..] else { continue };
        chart.draw_series([Rectangle::new([(LEFT, bottom + 0.2), (time, bottom + 0.8)], color.filled())])?;
        let label = table::time(figure.nanoseconds);
        chart.draw_series([Text::new(label, (time * 1.1, bottom + 0.66), ("sans-serif", 14))])?;
        let (x, y) = chart.backend_coord(&(LEFT, bottom + 0.66));
        let left = (x - 290 - area.get_base_pixel().0, y - area.get_base_pixel().1);
        area.draw(&Text::new(name(&bottom), left, ("sans-serif", 14)))?;
    }
    Ok(area.present()?)
}

/// Draws a line for each contender, on log scales.
fn draw_curve(path: &Path, machine: &Machine, curve: &Curve) -> Outcome {
    let area = begin(path, &format!("{}, log scales", curve.title), machine)?;
    let lines = from_top(curve);
    let points = || lines.iter().flat_map(|(_, points)| points);
    let xs = range(points().map(|point| point.0), 1.15);
    let ys = range(points().map(|point| point.1), MARGIN);
    let mut measured: Vec<f64> = points().map(|point| point.0).collect();
    measured.sort_by(f64::total_cmp);
    measured.dedup();
    let mut chart = ChartBuilder::on(&area)
        .x_label_area_size(45)
        .y_label_area_size(75)
        .margin_right(330)
        .build_cartesian_2d(xs.log_scale().with_key_points(measured), ys.log_scale())?;
    chart
        .configure_mesh()
        .x_desc(curve.x)
        .y_desc(curve.y)
        .label_style(("sans-serif", 14))
        .x_label_formatter(&|x| if curve.x == BYTES { table::bytes(*x) } else { x.to_string() })
        .y_label_formatter(&|y| table::rounded(*y))
        .light_line_style(TRANSPARENT)
        .draw()?;
    let colors = colors_of(lines.iter().map(|(name, _)| name.as_str()));
    for (at, ((name, points), color)) in lines.iter().zip(colors).enumerate() {
        let width = if color == OURS { 4 } else { 2 };
        chart.draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(width)).point_size(4))?;
        let top = 80 + 24 * at as i32;
        area.draw(&PathElement::new([(620, top + 7), (645, top + 7)], color.stroke_width(width)))?;
        area.draw(&Text::new(name.clone(), (652, top), ("sans-serif", 14)))?;
    }
    Ok(area.present()?)
}

/// Returns the lines in the order in which they end, the topmost first, as at the right end of the
/// plot.
fn from_top(curve: &Curve) -> Vec<&(String, Points)> {
    let last = |points: &Points| points.last().map_or(0.0, |point| point.1);
    let mut lines: Vec<_> = curve.lines.iter().collect();
    lines.sort_by(|one, other| last(&other.1).total_cmp(&last(&one.1)));
    lines
}

fn range(values: impl Iterator<Item = f64> + Clone, margin: f64) -> std::ops::Range<f64> {
    values.clone().fold(f64::MAX, f64::min) / margin..values.fold(0.0, f64::max) * margin
}

/// Returns a color for each name, in order. This library and the limits have colors of their own.
fn colors_of<'n>(names: impl Iterator<Item = &'n str>) -> Vec<RGBColor> {
    let mut others = OTHERS.iter().copied().cycle();
    let mut limits = LIMITS.iter().copied().cycle();
    let color = |name: &str| match name {
        name if name.starts_with("this library") => Some(OURS),
        name if name.starts_with("limit") => limits.next(),
        _ => others.next(),
    };
    names.map(color).map(Option::unwrap_or_default).collect()
}
