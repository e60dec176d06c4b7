//! Events of an object's life: in order, each with the process that it belongs to, and under targets that can be told apart.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, clippy::new_without_default)]

#[path = "printed/collector.rs"]
mod collector;

use std::time::Duration;

use collector::{collect, lines_of};
use concurrent_object::{CallError, Restart, concurrent_object};
use concurrent_object_tests::deadline::{SOON, wait_for, within};

concurrent_object::init_before_main!();

pub struct Mortal;

#[concurrent_object]
impl Mortal {
    pub fn new() -> Self {
        Self
    }

    pub fn die(&self) {
        std::process::abort();
    }
}

/// What an event says: the text up to its fields, and its process.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    what: &'static str,
    pid: u32,
    incarnation: u64,
}

impl Said {
    fn of(line: &str) -> Self {
        let kinds = ["object died", "object will be restarted", "object restarted"];
        let what = kinds.into_iter().find(|kind| line.contains(&format!("concurrent_object::life: {kind}")));
        let number = |field: &str| {
            let (_, rest) = line.split_once(&format!(" {field}=")).unwrap_or_else(|| panic!("no {field} in {line}"));
            rest.split([' ', '\n']).next().expect("a word").parse::<u64>().expect("a number")
        };
        let what = what.unwrap_or_else(|| panic!("another event: {line}"));
        Self { what, pid: u32::try_from(number("pid")).expect("a pid"), incarnation: number("incarnation") }
    }
}

#[test]
fn fast_restarts_are_logged_in_order_each_with_its_own_process() {
    const DEATHS: u64 = 150;
    within(2 * SOON, || {
        collect();
        let policy = Restart::on_death().max(u32::MAX).backoff(Duration::ZERO..Duration::ZERO);
        let mortal = MortalProxy::builder("mortal").restart(policy).start().expect("starts");
        let pids = (0..DEATHS).map(|_| match mortal.die().wait() {
            Err(CallError::Died { death, .. }) => death.pid,
            other => panic!("it dies: {other:?}"),
        });
        let mut pids: Vec<_> = pids.collect();
        mortal.wait_until_ready().expect("ready again");
        pids.push(mortal.handle().pid());
        wait_for("all is logged", || lines_of("mortal").len() as u64 == 3 * DEATHS);

        let expected = (1..=DEATHS).zip(pids.windows(2)).flat_map(|(incarnation, pids)| {
            let said = |what, pid, incarnation| Said { what, pid, incarnation };
            let next = said("object restarted", pids[1], incarnation + 1);
            [said("object died", pids[0], incarnation), said("object will be restarted", pids[0], incarnation), next]
        });
        let said = lines_of("mortal");
        for (number, (line, expected)) in said.iter().zip(expected).enumerate() {
            assert_eq!(Said::of(line), expected, "event {number}");
        }
        mortal.terminate().expect("terminated");
    });
}
