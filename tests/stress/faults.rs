//! Injects faults from outside: kills, stops and continues objects. Meanwhile this program also
//! starts other programs.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::Signal;

use crate::life::Life;
use crate::report::must;
use crate::seats::Seats;

/// Runs until no worker waits any more. Stopped processes must be continued, because a worker may
/// wait for them.
pub fn run(seats: &Seats, seed: u64, is_over: impl Fn() -> bool) {
    let mut rng = Rng::with_seed(seed);
    let mut stopped: Vec<(Arc<Life>, Instant)> = Vec::new();
    while !is_over() || !stopped.is_empty() {
        thread::sleep(Duration::from_micros(rng.u64(500..20_000)));
        stopped.retain(|(life, until)| {
            let is_due = *until <= Instant::now();
            if is_due {
                life.signal(Signal::CONT);
            }
            !is_due
        });
        if is_over() {
            continue;
        }
        let life = seats.any(&mut rng);
        match rng.u32(..100) {
            0..35 => {
                seats.tally.count("fault: killed");
                life.kill();
            }
            35..80 => {
                seats.tally.count("fault: stopped");
                life.disturbed.store(true, Ordering::SeqCst);
                life.signal(Signal::STOP);
                let long = if rng.u32(..20) == 0 { 2000 } else { 60 };
                stopped.push((life, Instant::now() + Duration::from_millis(rng.u64(..long))));
            }
            80..85 => {
                seats.tally.count("fault: stopped and killed");
                life.signal(Signal::STOP);
                life.kill();
            }
            85..90 => {
                let status = Command::new("true").status();
                must!(status.as_ref().is_ok_and(|status| status.success()), "a program of ours: {status:?}");
            }
            // Few objects have an object of their own.
            90..94 if (0..16).any(|_| seats.any(&mut rng).hurt_inner()) => {
                seats.tally.count("fault: an object of an object killed");
            }
            _ => {}
        }
    }
}
