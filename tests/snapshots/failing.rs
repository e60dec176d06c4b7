//! Snapshots that fail: reported at once, counted, and an error of the call if the policy requires
//! that.

use concurrent_object::{CallError, SnapshotPolicy, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

use super::collector::{collect, lines_of};
use super::{at_once, crash_of};

/// With this entry, saving returns an error.
const REFUSED: u64 = 1;
/// With this entry, saving panics.
const PANICS: u64 = 2;

struct Journal {
    entries: Vec<u64>,
}

#[derive(Debug)]
struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the journal is full")
    }
}

#[concurrent_object]
impl Journal {
    pub fn new() -> Self {
        Self { entries: Vec::new() }
    }

    #[concurrent_object(restore)]
    fn load(entries: Vec<u64>) -> Self {
        Self { entries }
    }

    #[concurrent_object(snapshot)]
    fn save(&self) -> Result<Vec<u64>, Full> {
        assert_ne!(self.entries.last(), Some(&PANICS), "the ink has run dry");
        if self.entries.last() == Some(&REFUSED) { Err(Full) } else { Ok(self.entries.clone()) }
    }

    pub fn add(&mut self, entry: u64) -> usize {
        self.entries.push(entry);
        self.entries.len()
    }

    pub fn entries(&self) -> &[u64] {
        &self.entries
    }

    pub fn crash(&self) {
        std::process::abort()
    }
}

fn start(name: &str, when: SnapshotPolicy) -> JournalProxy {
    collect();
    JournalProxy::builder(name).restart(at_once()).snapshots(when).start().expect("starts")
}

fn warnings(name: &str) -> Vec<String> {
    let lines = lines_of(name).into_iter();
    lines.filter(|line| line.contains("WARN") && line.contains("state is not saved")).collect()
}

#[test]
fn the_first_failed_snapshot_is_a_warning_and_all_are_counted() {
    within(SOON, || {
        for (failing, reason) in [(REFUSED, "saving it failed: the journal is full"), (PANICS, "the ink has run dry")] {
            let name = format!("journal {failing}");
            let journal = start(&name, SnapshotPolicy::after_calls(1));
            journal.add(10).wait().expect("served");
            assert_eq!((journal.handle().statistics().unsaved, warnings(&name).len()), (0, 0));
            for count in 1..4 {
                journal.add(failing).wait().expect("the call has its result all the same");
                assert_eq!(journal.handle().statistics().unsaved, count);
                let logged = warnings(&name);
                assert_eq!(logged.len(), 1, "once: {logged:?}");
                assert!(logged[0].contains(reason) && logged[0].contains("incarnation=1"), "{logged:?}");
            }
            journal.add(11).wait().expect("served, and saved");
            journal.add(failing).wait().expect("served");
            assert_eq!(
                (journal.handle().statistics().unsaved, warnings(&name).len()),
                (4, 2),
                "it had succeeded since"
            );

            crash_of(journal.crash().wait());
            assert_eq!(journal.entries().wait().expect("restored"), [10, failing, failing, failing, 11]);
            journal.add(failing).wait().expect("served");
            assert_eq!(journal.handle().statistics().unsaved, 5, "of another process");
            // The reporter thread may still report the restart. Then it reports this warning too.
            wait_for("the warning of another process", || warnings(&name).len() == 3);
        }
    });
}

#[test]
fn a_call_fails_with_its_snapshot_if_the_policy_requires_it() {
    within(SOON, || {
        let journal = start("strict", SnapshotPolicy::after_calls(1).or_fail());
        journal.add(10).wait().expect("saved");
        for failing in [REFUSED, PANICS] {
            let error = journal.add(failing).wait().expect_err("not saved");
            assert!(matches!(&error, CallError::NotSaved { .. }), "{error}");
            assert!(!error.object_gone() && error.to_string().contains("saving it"), "{error}");
        }
        assert_eq!(journal.entries().wait().expect_err("the state is still not saved").method(), Some("entries"));
        assert_eq!(journal.add(11).wait().expect("saved"), 4, "the methods have run");
        assert_eq!(journal.handle().statistics().unsaved, 3);
    });
}

#[test]
fn a_snapshot_that_fails_without_calls_is_noticed_by_the_next_operation() {
    within(SOON, || {
        let journal = start("idle", SnapshotPolicy::every(std::time::Duration::from_millis(20)).or_fail());
        let _served_or_not_saved = journal.add(REFUSED).wait();
        wait_for("it is counted", || journal.handle().statistics().unsaved > 0);
        wait_for("it is a warning", || !warnings("idle").is_empty());
    });
}
