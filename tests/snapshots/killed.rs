//! An object that is killed at any moment, also while it saves, keeps the effects of every answered
//! call.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{CallError, Started};
use concurrent_object_tests::deadline::{SOON, within};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::home::process_of;
use concurrent_object_tests::random::Random;

use super::ledger::LedgerProxy;
use super::start;

/// How long it is killed repeatedly.
const TIME: Duration = Duration::from_secs(2);
const THREADS: u64 = 3;

/// The outcomes of the entries.
#[derive(Default)]
struct Outcomes {
    answered: Vec<u64>,
    not_started: Vec<u64>,
    /// Entries whose call was running at a kill. They may have been saved or not.
    died: Vec<u64>,
}

fn add_all(ledger: &LedgerProxy, next: &AtomicU64, is_over: &AtomicBool) -> Outcomes {
    let mut outcomes = Outcomes::default();
    while !is_over.load(Ordering::Relaxed) {
        // Some calls wait behind others, so that a process dies with calls that have not started.
        let calls: Vec<_> = (0..3)
            .map(|_| {
                let entry = next.fetch_add(1, Ordering::Relaxed);
                (entry, ledger.add(entry))
            })
            .collect();
        for (entry, call) in calls {
            match call.wait() {
                Ok(_) => outcomes.answered.push(entry),
                Err(error @ CallError::Died { .. }) if error.started() == Started::Yes => outcomes.died.push(entry),
                Err(error) => {
                    assert_eq!(error.started(), Started::No, "{error}");
                    outcomes.not_started.push(entry);
                }
            }
        }
    }
    outcomes
}

fn kill_again_and_again(ledger: &LedgerProxy, random: &mut Random) -> u64 {
    let (end, mut kills) = (Instant::now() + TIME, 0);
    while Instant::now() < end {
        let incarnation = ledger.handle().incarnation();
        ledger.widen(random.below(1 << 20) as u64).wait().ok();
        thread::sleep(Duration::from_micros(random.below(3000) as u64));
        send(process_of(&ledger.handle()), libc::SIGKILL);
        while ledger.handle().incarnation() == incarnation {
            assert_ne!(ledger.status().state, concurrent_object::State::Ended);
            thread::sleep(Duration::from_micros(100));
        }
        kills += 1;
    }
    kills
}

#[test]
fn the_effects_of_answered_calls_survive_a_kill_at_any_moment() {
    within(SOON, || {
        let mut random = Random::new();
        let (ledger, _directory) = start(|builder| builder.restart(super::endlessly()));
        let (next, is_over) = (AtomicU64::new(1), AtomicBool::new(false));
        let (outcomes, kills) = thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| add_all(&ledger, &next, &is_over))).collect();
            let kills = kill_again_and_again(&ledger, &mut random);
            is_over.store(true, Ordering::Relaxed);
            (workers.into_iter().map(|worker| worker.join().expect("no panic")).collect::<Vec<_>>(), kills)
        });
        let entries = ledger.summary().wait().expect("served").entries;
        let found: HashSet<_> = entries.iter().copied().collect();
        assert_eq!(found.len(), entries.len(), "an entry exists twice");
        let (mut answered, mut died) = (0, 0);
        for outcomes in &outcomes {
            assert!(outcomes.answered.iter().all(|entry| found.contains(entry)), "an answered entry is missing");
            assert!(
                !outcomes.not_started.iter().any(|entry| found.contains(entry)),
                "an entry exists whose call had not started"
            );
            (answered, died) = (answered + outcomes.answered.len(), died + outcomes.died.len());
        }
        assert!(found.len() >= answered && found.len() <= answered + died);
        println!("{kills} kills, {answered} answered, {died} died, {} of these saved", found.len() - answered);
        assert!(kills > 10 && answered > 100, "{kills} kills, {answered} answered");
    });
}
