//! Hosts that are killed, stopped and started again at random: each call has one outcome, and what that
//! says of the method is true.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use concurrent_object::{RestartPolicy, Started};
use concurrent_object_zenoh::{Config, Limits, Site};

use super::far::FarProxy;
use super::support::{HostProcess, SOON, free_port, host_process, signal, within};

/// How long the hosts are disturbed. `CONCURRENT_OBJECT_ZENOH_CHAOS` sets other seconds.
const SECONDS: u64 = 8;
const LEASE: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Failed(Started),
}

#[test]
fn each_call_runs_at_most_once_and_its_outcome_says_what_is_known() {
    let seconds = std::env::var("CONCURRENT_OBJECT_ZENOH_CHAOS").ok().and_then(|text| text.parse().ok());
    let seconds = Duration::from_secs(seconds.unwrap_or(SECONDS));
    let folder = tempfile::tempdir().expect("room");
    let log = folder.path().join("log");
    let log = log.to_str().expect("text").to_owned();
    fs::write(&log, "").expect("room");
    let outcomes = disturb(seconds, &log);
    let text = fs::read_to_string(&log).expect("it is there");
    let mut runs = HashMap::<u64, usize>::new();
    text.lines().for_each(|line| *runs.entry(line.parse().expect("a number")).or_default() += 1);
    for (id, outcome) in &outcomes {
        let count = runs.get(id).copied().unwrap_or(0);
        let is_true = match outcome {
            Outcome::Done | Outcome::Failed(Started::Yes) => count == 1,
            Outcome::Failed(Started::No) => count == 0,
            Outcome::Failed(_) => count <= 1,
        };
        assert!(is_true, "call {id} ran {count} times, and its outcome is {outcome:?}");
    }
    let done = outcomes.values().filter(|outcome| **outcome == Outcome::Done).count();
    assert!(done > 0 && done < outcomes.len(), "{done} of {} calls have a result", outcomes.len());
}

/// Calls objects on hosts that come and go.
fn disturb(time: Duration, log: &str) -> HashMap<u64, Outcome> {
    let (outcomes, log) = (Arc::new(Mutex::new(HashMap::new())), log.to_owned());
    let result = outcomes.clone();
    within(move || {
        let ports = [free_port(), free_port(), free_port()];
        let mut limits = Limits::default();
        limits.lease = LEASE;
        let config =
            ports.iter().fold(Config::new("test"), |config, port| config.connect(format!("tcp/127.0.0.1:{port}")));
        let mut hosts = ports.map(host_process);
        let site = Site::connect(&config.limits(limits)).expect("it opens");
        site.wait_for_hosts(SOON, |hosts| !hosts.is_empty()).expect("one appears");
        let is_over = Arc::new(AtomicBool::new(false));
        let callers = (0..3).map(|caller| {
            let (site, is_over, outcomes, log) = (site.clone(), is_over.clone(), outcomes.clone(), log.clone());
            thread::spawn(move || call(caller, &site, &is_over, &outcomes, &log))
        });
        let callers = callers.collect::<Vec<_>>();
        let end = Instant::now() + time;
        while Instant::now() < end {
            disturb_once(&mut hosts, &ports);
        }
        is_over.store(true, Ordering::Relaxed);
        callers.into_iter().for_each(|caller| caller.join().expect("no panic"));
    });
    std::mem::take(&mut *result.lock().expect("no panic"))
}

fn disturb_once(hosts: &mut [HostProcess; 3], ports: &[u16; 3]) {
    let at = fastrand::usize(..3);
    match fastrand::u8(..3) {
        0 => {
            hosts[at].0.kill().expect("it is ours");
            hosts[at].0.wait().expect("it has ended");
            thread::sleep(Duration::from_millis(fastrand::u64(..500)));
            hosts[at] = host_process(ports[at]);
        }
        1 => {
            signal(hosts[at].0.id(), "STOP");
            thread::sleep(Duration::from_millis(fastrand::u64(..1500)));
            signal(hosts[at].0.id(), "CONT");
        }
        _ => thread::sleep(Duration::from_millis(fastrand::u64(..500))),
    }
}

fn call(caller: u64, site: &Site, is_over: &AtomicBool, outcomes: &Mutex<HashMap<u64, Outcome>>, log: &str) {
    let mut next = caller * 1_000_000;
    while !is_over.load(Ordering::Relaxed) {
        let policy = RestartPolicy::on_death().max(5);
        let Ok(far) = FarProxy::builder("far").on(site.anywhere()).restart(policy).start(0) else {
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        loop {
            let ids = next..next + 8;
            next = ids.end;
            let calls = ids.clone().map(|id| far.note(log, id)).collect::<Vec<_>>();
            let crash = (fastrand::u8(..50) == 0).then(|| far.abort());
            let mut is_gone = false;
            for (id, call) in ids.zip(calls) {
                let outcome = match call.wait() {
                    Ok(()) => Outcome::Done,
                    Err(error) => {
                        is_gone |= error.object_gone();
                        Outcome::Failed(error.started())
                    }
                };
                outcomes.lock().expect("no panic").insert(id, outcome);
            }
            drop(crash);
            if is_gone || is_over.load(Ordering::Relaxed) {
                break;
            }
        }
    }
}
