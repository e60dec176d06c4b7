//! Measures in another process, which can have a different number of objects, more memory, or fewer
//! cores, and still takes part in the same rounds.
//!
//! A line on its standard input requests repetitions of a task. A line on its standard output
//! returns the nanoseconds that they took.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_setaffinity};
use serde::{Deserialize, Serialize};

use crate::limits::eventfd::Eventfds;
use crate::measure::Contender;
use crate::object::{AdderProxy, ready, start_objects};
use crate::outcome::Outcome;
use crate::partner::{Partner, Role, execute_nothing};
use crate::work::MIB;

/// The properties of the other process.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Assignment {
    /// The number of objects that are alive, and called in turn.
    pub(crate) objects: usize,
    /// Whether the process and its objects have only one core.
    pub(crate) one_core: bool,
    /// The memory that it holds and has written to, in MiB.
    pub(crate) held_mib: usize,
    /// The number of threads of a further process that it wakes in turn.
    pub(crate) wakes: usize,
}

/// A task of the other process.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Calls its objects in turn.
    Call,
    /// Wakes threads in turn, and waits until each has woken it.
    Wake,
    /// Starts objects.
    Start,
    /// Executes this binary to do nothing.
    Execute,
}

/// The other process.
pub(crate) struct Remote {
    partner: Partner,
    answers: BufReader<ChildStdout>,
}

impl Remote {
    /// Starts it, and waits until it is ready.
    pub(crate) fn start(assignment: Assignment) -> Outcome<Self> {
        let mut partner = Partner::start_talking(&assignment)?;
        let answers = BufReader::new(partner.child.stdout.take().ok_or("it has a standard output")?);
        let mut remote = Self { partner, answers };
        remote.read()?;
        Ok(remote)
    }

    pub(crate) fn run(&mut self, task: Task, repetitions: u32) -> Outcome<Duration> {
        let questions: &mut ChildStdin = self.partner.child.stdin.as_mut().ok_or("it has a standard input")?;
        writeln!(questions, "{}", serde_json::to_string(&(task, repetitions))?)?;
        Ok(Duration::from_nanos(self.read()?))
    }

    pub(crate) fn contender(&mut self, name: impl Into<String>, task: Task) -> Contender<'_> {
        Contender::timed(name, move |repetitions| self.run(task, repetitions))
    }

    fn read(&mut self) -> Outcome<u64> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        line.trim().parse().map_err(|_| "the process that was to measure has ended".into())
    }
}

impl Role for Assignment {
    const NAME: &'static str = "measure";

    fn play(self) -> Outcome {
        work_off(&self)
    }
}

/// Runs in the other process: performs tasks until its input ends.
fn work_off(assignment: &Assignment) -> Outcome {
    if assignment.one_core {
        let mut first = CpuSet::new();
        first.set(0);
        sched_setaffinity(None, &first)?;
    }
    let held = vec![1_u8; assignment.held_mib * MIB];
    let objects = (0..assignment.objects).map(|_| ready()).collect::<Outcome<Vec<_>>>()?;
    let mut eventfds = Eventfds::start(assignment.wakes)?;
    let mut called = objects.iter().cycle();
    println!("0");
    for line in std::io::stdin().lines() {
        let (task, repetitions) = serde_json::from_str(&line?)?;
        let took = match task {
            Task::Call => timed(|| call_in_turn(called.by_ref(), repetitions)),
            Task::Wake => timed(|| eventfds.wake_in_turn(repetitions)),
            Task::Start => start_objects(repetitions),
            Task::Execute => timed(|| (0..repetitions).try_for_each(|_| execute_nothing())),
        };
        println!("{}", took?.as_nanos());
    }
    drop(black_box(held));
    Ok(())
}

fn timed(work: impl FnOnce() -> Outcome) -> Outcome<Duration> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed())
}

/// Calls the objects in turn, one call after the other.
pub(crate) fn call_in_turn<'o>(objects: impl Iterator<Item = &'o AdderProxy>, calls: u32) -> Outcome {
    for (number, object) in (0..calls).zip(objects) {
        black_box(object.add(number.into(), 1).wait()?);
    }
    Ok(())
}
