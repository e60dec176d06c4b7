//! Threads that make calls at the same time.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::outcome::Outcome;

/// Makes so many calls, the same number on each thread. Returns the time from the first to the last
/// call, without that in which threads are made.
pub(crate) fn together<E: std::fmt::Display>(
    threads: u32,
    calls: u32,
    make: impl Fn(u32) -> Result<(), E> + Sync,
) -> Outcome<Duration> {
    let each = calls.div_ceil(threads);
    let begin = Barrier::new(threads as usize);
    let one = || -> Result<_, String> {
        begin.wait();
        let began = Instant::now();
        make(each).map_err(|error| error.to_string())?;
        Ok((began, Instant::now()))
    };
    let times = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let ended =
            started.into_iter().map(|thread| thread.join().map_err(|_| "a calling thread panicked".to_owned())?);
        ended.collect::<Result<Vec<_>, String>>()
    })?;
    let first = times.iter().map(|(began, _)| *began).min().ok_or("there is a thread")?;
    let last = times.iter().map(|(_, ended)| *ended).max().ok_or("there is a thread")?;
    // As if there had been exactly so many calls.
    Ok((last - first).mul_f64(f64::from(calls) / f64::from(each * threads)))
}
