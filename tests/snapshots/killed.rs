//! Killed at any moment, also while it saves, an object has all that it has answered.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{CallError, Started};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::random::Random;

use super::ledger::LedgerProxy;
use super::start;

/// How long it is killed again and again.
const TIME: Duration = Duration::from_secs(2);
const THREADS: u64 = 3;

/// What became of the entries that were to be made.
#[derive(Default)]
struct Told {
    answered: Vec<u64>,
    not_begun: Vec<u64>,
    /// Whoever was running then, and may have been saved or not.
    died: Vec<u64>,
}

fn add_all(ledger: &LedgerProxy, next: &AtomicU64, is_over: &AtomicBool) -> Told {
    let mut told = Told::default();
    while !is_over.load(Ordering::Relaxed) {
        // Some wait behind others, so that a process dies with calls that it has not begun.
        let calls: Vec<_> = (0..3)
            .map(|_| {
                let entry = next.fetch_add(1, Ordering::Relaxed);
                (entry, ledger.add(entry))
            })
            .collect();
        for (entry, call) in calls {
            match call.wait() {
                Ok(_) => told.answered.push(entry),
                Err(error @ CallError::Died { .. }) if error.started() == Started::Yes => told.died.push(entry),
                Err(error) => {
                    assert_eq!(error.started(), Started::No, "{error}");
                    told.not_begun.push(entry);
                }
            }
        }
    }
    told
}

fn kill_again_and_again(ledger: &LedgerProxy, random: &mut Random) -> u64 {
    let (end, mut kills) = (Instant::now() + TIME, 0);
    while Instant::now() < end {
        let incarnation = ledger.handle().incarnation();
        ledger.widen(random.below(1 << 20) as u64).wait().ok();
        thread::sleep(Duration::from_micros(random.below(3000) as u64));
        send(ledger.handle().pid(), libc::SIGKILL);
        while ledger.handle().incarnation() == incarnation {
            assert_ne!(ledger.status().state, concurrent_object::State::Ended);
            thread::sleep(Duration::from_micros(100));
        }
        kills += 1;
    }
    kills
}

#[test]
fn whatever_was_answered_survives_death_at_any_moment() {
    within(SOON, || {
        let mut random = Random::new();
        let (ledger, _directory) = start(|builder| builder.restart(super::endlessly()));
        let (next, is_over) = (AtomicU64::new(1), AtomicBool::new(false));
        let (told, kills) = thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| add_all(&ledger, &next, &is_over))).collect();
            let kills = kill_again_and_again(&ledger, &mut random);
            is_over.store(true, Ordering::Relaxed);
            (workers.into_iter().map(|worker| worker.join().expect("no panic")).collect::<Vec<_>>(), kills)
        });
        let entries = ledger.summary().wait().expect("served").entries;
        let found: HashSet<_> = entries.iter().copied().collect();
        assert_eq!(found.len(), entries.len(), "nothing was done twice");
        let (mut answered, mut died) = (0, 0);
        for told in &told {
            assert!(told.answered.iter().all(|entry| found.contains(entry)), "what was answered is there");
            assert!(!told.not_begun.iter().any(|entry| found.contains(entry)), "what had not begun was not done");
            (answered, died) = (answered + told.answered.len(), died + told.died.len());
        }
        assert!(found.len() >= answered && found.len() <= answered + died);
        println!("{kills} kills, {answered} answered, {died} died, {} of these saved", found.len() - answered);
        assert!(kills > 10 && answered > 100, "{kills} kills, {answered} answered");
    });
}
