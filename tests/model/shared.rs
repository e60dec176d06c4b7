//! Threads that share a proxy. Each call returns to the thread that made it, and each push is
//! pulled once, by any thread.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use concurrent_object::{CallError, concurrent_object};
use concurrent_object_tests::random::Random;

pub struct Echo {
    served: u64,
}

#[concurrent_object(output_derive(Debug))]
impl Echo {
    pub fn new() -> Self {
        Self { served: 0 }
    }

    pub fn echo(&mut self, id: u64) -> u64 {
        self.served += 1;
        id
    }

    pub fn many(&mut self, ids: &[u64]) -> Vec<u64> {
        self.served += 1;
        ids.to_vec()
    }

    pub fn served(&self) -> u64 {
        self.served
    }
}

struct Shared {
    echo: EchoProxy,
    pushed: Mutex<Vec<u64>>,
    pulled: Mutex<Vec<u64>>,
}

/// Runs so many threads with so many operations each.
pub fn run(mut random: Random, slots: usize, threads: u64, operations: u64) {
    let echo = EchoProxy::builder("echo").slots(slots).start().expect("starts");
    let shared = Shared { echo, pushed: Mutex::default(), pulled: Mutex::default() };
    let calls: u64 = thread::scope(|scope| {
        let seeds: Vec<_> = (0..threads).map(|_| random.any()).collect();
        let spawn = |(thread, seed)| {
            let shared = &shared;
            scope.spawn(move || shared.operate(Random::seeded(seed), thread << 32, operations))
        };
        let running: Vec<_> = (0..threads).zip(seeds).map(spawn).collect();
        running.into_iter().map(|thread| thread.join().expect("its outcomes are its own")).sum()
    });
    while let Some(output) = shared.echo.wait_pull().expect("served") {
        shared.note_pulled(output);
    }
    let Shared { echo, pushed, pulled } = shared;
    let (pushed, pulled) = (pushed.into_inner().expect("no panic"), pulled.into_inner().expect("no panic"));
    let once: BTreeSet<_> = pulled.iter().copied().collect();
    assert_eq!(once.len(), pulled.len(), "something was pulled twice");
    assert_eq!(once, pushed.iter().copied().collect(), "what is pulled is what was pushed");
    assert_eq!(echo.served().wait().expect("served"), calls + pushed.len() as u64, "each ran once");
}

impl Shared {
    /// Returns the number of calls that it made, without pushes.
    fn operate(&self, mut random: Random, base: u64, operations: u64) -> u64 {
        let (mut calls, mut held) = (0, Vec::new());
        for id in base..base + operations {
            match random.below(8) {
                0 | 1 => self.push(id),
                2 | 3 => self.pull(&mut random),
                4 => {
                    let ids: Vec<_> = (0..random.below(300) as u64).map(|n| id + n).collect();
                    calls += 1;
                    assert_eq!(self.echo.many(&ids).wait().expect("served"), ids);
                }
                5 if held.len() < 20 => {
                    calls += 1;
                    held.push((id, self.echo.echo(id)));
                }
                6 if !held.is_empty() => {
                    let (id, call) = held.swap_remove(random.below(held.len()));
                    assert_eq!(call.wait().expect("served"), id);
                }
                _ => {
                    calls += 1;
                    assert_eq!(self.echo.echo(id).wait().expect("served"), id);
                }
            }
        }
        for (id, call) in held {
            assert_eq!(call.wait().expect("served"), id);
        }
        calls
    }

    fn push(&self, id: u64) {
        match self.echo.push_echo(id) {
            Ok(_) => self.pushed.lock().expect("no panic").push(id),
            Err(refused) => {
                assert!(refused.is_full(), "{refused}");
                assert_eq!(refused.into_args(), (id,));
            }
        }
    }

    fn pull(&self, random: &mut Random) {
        let pulled: Result<_, CallError> = match random.below(3) {
            0 => self.echo.pull(),
            1 => self.echo.wait_pull(),
            _ => self.echo.wait_pull_timeout(Duration::from_micros(random.below(300) as u64)),
        };
        if let Some(output) = pulled.expect("served") {
            self.note_pulled(output);
        }
    }

    fn note_pulled(&self, output: EchoOutput) {
        let EchoOutput::Echo(id) = output else { panic!("only echoes are pushed: {output:?}") };
        self.pulled.lock().expect("no panic").push(id);
    }
}
