//! Objects on two hosts in network namespaces of their own, while hosts are killed and stopped, links
//! go down, and objects crash.
//!
//! Each call has one outcome, within its time. The objects write the number of each call into a log
//! before they do anything: no number is there twice, each call that had not started is absent, and
//! each that had started is present. At the end no object, process or file remains.
//!
//! `cargo test -p concurrent-object-zenoh --test networks -- --seconds 600 --seed 7`. It needs `ip`,
//! `unshare` and `nsenter`, and says why it is left out where this user may not make namespaces.
#![allow(missing_docs, unreachable_pub, missing_debug_implementations)]

mod callers;
mod disturbances;
mod ledger;
mod network;
mod witness;

use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::time::{Duration, Instant};

use concurrent_object_zenoh::{Config, Limits, Site};

use tracing_subscriber::EnvFilter;

use ledger::Ledger;
use network::Network;

/// Set in the namespaces: the folder of this run.
const FOLDER: &str = "NETWORKS_FOLDER";
/// Set in the process of a host.
const HOST: &str = "NETWORKS_HOST";
/// Longer than anything needs that is not disturbed.
const SOON: Duration = Duration::from_secs(30);

struct Plan {
    seconds: u64,
    seed: u64,
    /// How long a call may wait for its outcome, in seconds beyond its work. The lease is one second, and
    /// the machine may be busy.
    patience: u64,
}

fn main() {
    concurrent_object::init();
    // `RUST_LOG=debug` says what hosts and proxies do.
    if std::env::var_os(EnvFilter::DEFAULT_ENV).is_some() {
        tracing_subscriber::fmt().with_env_filter(EnvFilter::from_default_env()).with_writer(std::io::stderr).init();
    }
    if let Ok(name) = std::env::var(HOST) {
        return network::serve(&name);
    }
    let Some(plan) = plan() else { return };
    match std::env::var_os(FOLDER) {
        Some(folder) => run(&plan, &PathBuf::from(folder)),
        None => enter_namespaces(),
    }
}

/// `None` if the arguments ask for other tests only.
fn plan() -> Option<Plan> {
    let mut plan = Plan { seconds: 30, seed: fastrand::u64(..), patience: 15 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok()).expect("a number follows");
        match argument.as_str() {
            "--seconds" => plan.seconds = number(),
            "--patience" => plan.patience = number(),
            "--seed" => plan.seed = number(),
            "--list" => return None,
            filter if !filter.starts_with('-') && !"networks".contains(filter) => return None,
            _ => {}
        }
    }
    Some(plan)
}

/// Executes this program again, as the first process of new namespaces: all others end with it.
fn enter_namespaces() {
    let kinds = ["--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
    let tried = Command::new("unshare").args(kinds).args(["ip", "link", "set", "lo", "up"]).output();
    match tried {
        Ok(output) if output.status.success() => {}
        Ok(output) => return println!("left out: {}", String::from_utf8_lossy(&output.stderr).trim()),
        Err(error) => return println!("left out: unshare: {error}"),
    }
    let folder = tempfile::tempdir().expect("room");
    let mut command = Command::new("unshare");
    let program = std::env::current_exe().expect("it runs");
    command.args(kinds).arg(program).args(std::env::args().skip(1)).env(FOLDER, folder.path());
    // Temporary files of all processes are seen, if they remain.
    command.env("TMPDIR", folder.path());
    let status = command.status().expect("it was there just now");
    assert!(status.success(), "{status}");
    folder.close().expect("it can be removed");
}

/// The lease is short, so that many cuts fit into a run.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.lease = Duration::from_secs(1);
    limits.owner_grace = Duration::from_secs(3);
    limits
}

/// Plaintext, on links that no other machine has.
fn config() -> Config {
    Config::new("networks").insecure(true).limits(limits())
}

fn run(plan: &Plan, folder: &Path) {
    let Plan { seconds, seed, patience } = *plan;
    let patience = Duration::from_secs(patience);
    println!("networks: {seconds} s, seed {seed}");
    // A panic of any thread ends the namespaces.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        exit(101);
    }));
    let network = Network::build();
    let site = Site::connect(&network.endpoints().fold(config(), Config::connect)).expect("it opens");
    site.wait_for_hosts(SOON, |hosts| hosts.len() == 2).expect("both hosts appear");
    let ledger = Ledger::new(folder);
    let end = Instant::now() + Duration::from_secs(seconds);
    std::thread::scope(|scope| {
        scope.spawn(|| disturbances::make(&network, fastrand::Rng::with_seed(seed), end));
        for number in 0..4 {
            let random = fastrand::Rng::with_seed(seed ^ (number + 1));
            let (site, ledger) = (&site, &ledger);
            scope.spawn(move || callers::call(site, ledger, number, random, end, patience));
        }
    });
    settle(site, network);
    ledger.check(seconds);
    only_the_log_remains(folder, ledger.log());
}

/// Waits until the hosts hold no object and have ended.
fn settle(site: Site, network: Network) {
    let empty = site.wait_for_hosts(SOON, |hosts| hosts.len() == 2 && hosts.iter().all(|host| host.objects == 0));
    empty.expect("each object ends with its proxy");
    network.end();
    site.wait_for_hosts(SOON, <[_]>::is_empty).expect("the hosts' tokens are gone");
    drop(site);
    let begin = Instant::now();
    while let Some(process) = network::others() {
        assert!(begin.elapsed() < SOON, "a process remains: {process}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn only_the_log_remains(folder: &Path, log: &Path) {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    assert_eq!(files.collect::<Vec<_>>(), [log]);
}
