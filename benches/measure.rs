//! Interleaved rounds, medians, ratios, and how they are printed.

use std::error::Error;
use std::time::{Duration, Instant};

/// How many rounds, and how long each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    /// Of what a full run does in a round, this part is done: 1 or one in a thousand.
    divisor: u32,
}

impl Effort {
    pub(crate) fn new(quick: bool) -> Self {
        if quick { Self { rounds: 1, divisor: 1000 } } else { Self { rounds: 7, divisor: 1 } }
    }

    pub(crate) fn repetitions(self, full: u32) -> u32 {
        (full / self.divisor).max(1)
    }
}

/// Does its work so many times.
pub(crate) type Work<'w> = Box<dyn FnMut(u32) -> Result<(), Box<dyn Error>> + 'w>;

/// Something to measure.
pub(crate) struct Contender<'c> {
    pub(crate) name: String,
    pub(crate) run: Work<'c>,
    /// It does one in so many of the repetitions it is asked for, because each takes long.
    part: u32,
}

impl<'c> Contender<'c> {
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut(u32) -> Result<(), Box<dyn Error>> + 'c) -> Self {
        Self { name: name.into(), run: Box::new(run), part: 1 }
    }

    /// Does one in `part` of the repetitions.
    pub(crate) fn of(self, part: u32) -> Self {
        Self { part, ..self }
    }
}

/// Runs all contenders in turn, round by round, and prints the median time of each beside its ratio to the first.
pub(crate) fn compare(
    title: &str,
    effort: Effort,
    repetitions: u32,
    contenders: &mut [Contender<'_>],
) -> Result<(), Box<dyn Error>> {
    let repetitions = effort.repetitions(repetitions);
    let mut times = vec![Vec::new(); contenders.len()];
    for _ in 0..effort.rounds {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            (contender.run)(repetitions.div_ceil(10))?;
            let began = Instant::now();
            (contender.run)(repetitions)?;
            times.push(began.elapsed() / (repetitions / contender.part).max(1));
        }
    }
    println!("\n{title} ({} rounds of {repetitions})", effort.rounds);
    let base = times[0].clone();
    for (contender, times) in contenders.iter().zip(&times) {
        let ratios = times.iter().zip(&base).map(|(time, base)| time.as_secs_f64() / base.as_secs_f64());
        let (time, ratio) = (median(times.clone()), median_f64(ratios.collect()));
        let rate = 1.0 / time.as_secs_f64();
        println!("  {:<44} {:>11} {rate:>12.0} a second {ratio:>8.2} x", contender.name, show(time));
    }
    Ok(())
}

fn show(time: Duration) -> String {
    let nanoseconds = time.as_nanos() as f64;
    match nanoseconds {
        ..1e4 => format!("{nanoseconds:.0} ns"),
        ..1e7 => format!("{:.1} µs", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn median_f64(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
