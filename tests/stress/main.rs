//! A stress test with injected faults.
//!
//! Many threads call many objects in every way. Meanwhile objects are killed, stopped, ended and
//! replaced. Each outcome is compared with the notes of the methods, and at the end no resource may
//! be left.
//!
//! `cargo run --release -p concurrent-object-tests --bin stress -- --seconds 60 --seed 1`

mod answer;
mod calls;
mod content;
mod copies;
mod endings;
mod faults;
mod final_checks;
mod held_calls;
mod keepsake;
mod keepsakes;
mod ledger;
mod leftovers;
mod lending;
mod life;
mod limits;
mod nested;
mod object;
mod plan;
mod report;
mod restored;
mod scenes;
mod seats;
mod streamed;
mod timed_object;
mod watchdog;
mod worker;

use std::panic;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use fastrand::Rng;

use crate::object::PLANNED;
use crate::plan::Ending;
use crate::report::{RUN, Run, must};
use crate::seats::Seats;
use crate::watchdog::Watchdog;
use crate::worker::Worker;

#[derive(Debug, Parser)]
struct Options {
    /// The duration of the run.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seeds all random choices. The order in which threads run does not depend on it.
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long, default_value_t = 12)]
    objects: usize,
    #[arg(long, default_value_t = 8)]
    threads: usize,
}

fn main() {
    quieten_planned_panics();
    concurrent_object::init();
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    let home = tempfile::Builder::new().prefix("stress-").tempdir().expect("a directory");
    let run = Run { seed, begin: Instant::now(), directory: home.path().to_owned() };
    RUN.set(run).expect("one run");
    println!("stress: seed {seed}");
    let before = leftovers::before(home.path());

    let mut rng = Rng::with_seed(seed);
    let seats = Seats::new(options.objects, home.path().to_owned(), &mut rng);
    let watchdog = Watchdog::default();
    let looking = watchdog.clone().look();
    inject_faults(&options, &seats, &watchdog, &mut rng);
    clear_up(seats, &watchdog, &mut rng);
    drop(watchdog);
    must!(looking.join().is_ok(), "the watchdog died");
    before.compare(home.path());
    println!("stress: all outcomes match, nothing is left, after {:?}", RUN.get().map(|run| run.begin.elapsed()));
}

/// Hides the planned panics of methods. Any other panic is printed, in this process and in the
/// children.
fn quieten_planned_panics() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !info.payload_as_str().is_some_and(|text| text.starts_with(PLANNED)) {
            tell(info);
        }
    }));
}

fn inject_faults(options: &Options, seats: &Seats, watchdog: &Watchdog, rng: &mut Rng) {
    let end = Instant::now() + Duration::from_secs(options.seconds);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..options.threads)
            .map(|number| {
                let worker = Worker::new(seats, rng.u64(..), watchdog.watch(format!("worker {number}")));
                scope.spawn(|| worker.run())
            })
            .collect();
        let seed = rng.u64(..);
        let faults = scope.spawn(move || faults::run(seats, seed, || seats.all_have_settled()));
        while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
            seats.take_forgotten().into_iter().for_each(|life| final_checks::run(life, &seats.tally));
            if Instant::now() > end {
                seats.over.store(true, Ordering::Relaxed);
            }
            thread::sleep(Duration::from_millis(5));
        }
        for worker in workers {
            must!(worker.join().is_ok(), "a worker panicked");
        }
        seats.settled.store(true, Ordering::Relaxed);
        must!(faults.join().is_ok(), "the faults panicked");
    });
}

/// Ends the remaining objects, and checks them all.
fn clear_up(mut seats: Seats, watchdog: &Watchdog, rng: &mut Rng) {
    for life in seats.clear() {
        let mut worker = Worker::new(&seats, rng.u64(..), watchdog.watch("main".to_owned()));
        let ending = Ending::choose(rng);
        endings::end(&mut worker, &life, ending);
        worker.settle_all();
        seats.leave(life);
    }
    seats.take_forgotten().into_iter().for_each(|life| final_checks::run(life, &seats.tally));
    must!(seats.left() == 0, "{} replaced objects are still referenced", seats.left());
    seats.print();
}
