//! A main loop of one's own: it sleeps in one `poll` on two objects, a timer and standard input.
//! Each line of the input goes to both objects.
//!
//! The rule for objects is: look, then poll. An object's descriptor is readable when something may
//! have come since the last look. So the loop takes what is there until there is nothing more, and
//! sleeps only then.
//!
//! Run it: `cargo run --release --example select`, type lines, and end them with Ctrl-D. Or
//! `printf 'a b\nc\n' | cargo run --release --example select`.

use std::collections::VecDeque;
use std::io::stdin;
use std::mem;
use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use concurrent_object::concurrent_object;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{read, retry_on_intr};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

struct Counter {
    pause: Duration,
}

#[concurrent_object]
impl Counter {
    pub fn new(pause: Duration) -> Self {
        Self { pause }
    }

    /// Counts the words of a line, after a pause.
    pub fn count(&self, line: &str) -> usize {
        thread::sleep(self.pause);
        line.split_whitespace().count()
    }
}

struct Shouter {
    pause: Duration,
}

#[concurrent_object]
impl Shouter {
    pub fn new(pause: Duration) -> Self {
        Self { pause }
    }

    /// Returns the line in capital letters, after a pause.
    pub fn shout(&self, line: &str) -> String {
        thread::sleep(self.pause);
        line.to_uppercase()
    }
}

/// Gives the lines of standard input to two objects, from one loop on `poll`.
#[derive(Parser)]
struct Arguments {
    /// How long each object takes for a line, in milliseconds
    #[arg(long, default_value_t = 50)]
    pause_ms: u64,
    /// The time between two ticks of the timer, in milliseconds
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    tick_ms: u64,
}

fn main() -> Result<()> {
    concurrent_object::init();
    let arguments = Arguments::parse();
    let mut work = Work::start(Duration::from_millis(arguments.pause_ms))?;
    let (counter, shouter) = (work.counter.handle(), work.shouter.handle());
    let timer = timer_of(Duration::from_millis(arguments.tick_ms)).context("there is no timer")?;
    let (mut input, mut ticks) = (Input::default(), 0);

    loop {
        work.submit(&mut input.lines)?;
        // Look. If something was there, more may have come, and there may be room for a line.
        if work.look()? {
            continue;
        }
        if work.awaited == 0 && input.has_ended {
            break;
        }
        // Then poll. Input is watched only when the objects have taken the lines that there are.
        let standard_input = stdin();
        let mut descriptors = [
            PollFd::new(&counter, PollFlags::IN),
            PollFd::new(&shouter, PollFlags::IN),
            PollFd::new(&timer, PollFlags::IN),
            PollFd::new(&standard_input, PollFlags::IN),
        ];
        let watched = if input.is_wanted() { 4 } else { 3 };
        retry_on_intr(|| poll(&mut descriptors[..watched], None))?;
        let [_, _, of_timer, of_input] = descriptors.map(|descriptor| !descriptor.revents().is_empty());
        if of_timer {
            ticks += take_ticks(&timer)?;
            println!("tick {ticks}: {} results are under way", work.awaited);
        }
        if of_input {
            input.read_more().context("standard input cannot be read")?;
        }
    }
    println!("lines: {}, words: {}, ticks: {ticks}", work.lines, work.words);
    Ok(())
}

/// The objects, and what they have done.
struct Work {
    counter: CounterProxy,
    shouter: ShouterProxy,
    lines: usize,
    words: usize,
    /// How many results are under way.
    awaited: usize,
}

impl Work {
    fn start(pause: Duration) -> Result<Self> {
        let counter = CounterProxy::builder("counter").start(pause)?;
        let shouter = ShouterProxy::builder("shouter").start(pause)?;
        Ok(Self { counter, shouter, lines: 0, words: 0, awaited: 0 })
    }

    /// Gives lines to both objects, as long as both have room.
    fn submit(&mut self, lines: &mut VecDeque<String>) -> Result<()> {
        while self.counter.status().can_push && self.shouter.status().can_push {
            let Some(line) = lines.pop_front() else { break };
            self.counter.push_count(&line)?;
            self.shouter.push_shout(&line)?;
            self.lines += 1;
            self.awaited += 2;
        }
        Ok(())
    }

    /// Takes the results that are there. Returns whether there was one.
    fn look(&mut self) -> Result<bool> {
        let before = self.awaited;
        for outcome in self.counter.drain() {
            let CounterOutput::Count(words) = outcome?;
            self.words += words;
            self.awaited -= 1;
        }
        for outcome in self.shouter.drain() {
            let ShouterOutput::Shout(line) = outcome?;
            println!("{line}");
            self.awaited -= 1;
        }
        Ok(self.awaited < before)
    }
}

/// Returns a timer that is readable each time that so much time has passed.
fn timer_of(interval: Duration) -> Result<OwnedFd> {
    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
    let interval = Timespec::try_from(interval)?;
    let times = Itimerspec { it_interval: interval, it_value: interval };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &times)?;
    Ok(timer)
}

/// Returns how often the timer has ticked since this was last called.
fn take_ticks(timer: &OwnedFd) -> Result<u64> {
    let mut ticks = [0; 8];
    retry_on_intr(|| read(timer, &mut ticks))?;
    Ok(u64::from_ne_bytes(ticks))
}

/// Standard input, read in pieces as they come. A `BufRead` would block until a line is whole, and
/// keep lines that `poll` then does not report.
#[derive(Default)]
struct Input {
    lines: VecDeque<String>,
    /// The beginning of a line that is not whole yet.
    rest: Vec<u8>,
    has_ended: bool,
}

impl Input {
    fn is_wanted(&self) -> bool {
        self.lines.is_empty() && !self.has_ended
    }

    /// Reads what is there. Blocks unless `poll` has reported something.
    fn read_more(&mut self) -> Result<()> {
        let mut piece = [0; 4096];
        let size = retry_on_intr(|| read(stdin(), &mut piece))?;
        self.has_ended = size == 0;
        self.rest.extend_from_slice(&piece[..size]);
        while let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
            let after = self.rest.split_off(end + 1);
            self.take_line(end, after);
        }
        if self.has_ended && !self.rest.is_empty() {
            self.take_line(self.rest.len(), Vec::new());
        }
        Ok(())
    }

    /// Takes a line of so many bytes.
    fn take_line(&mut self, size: usize, after: Vec<u8>) {
        let line = mem::replace(&mut self.rest, after);
        self.lines.push_back(String::from_utf8_lossy(&line[..size]).into_owned());
    }
}
