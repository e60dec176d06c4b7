//! Kills parents with objects at random moments, their first moments included, and checks that no
//! process or file of theirs is left.
//!
//! ```text
//! cargo run --release -p concurrent-object-tests --bin parent_death_stress -- --parents 500
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use clap::{Parser, Subcommand};
use concurrent_object::concurrent_object;
use concurrent_object_tests::census::{children_of, entries};
use concurrent_object_tests::fate::send;
use concurrent_object_tests::processes::with_argument;
use fastrand::Rng;

/// A limit for processes to notice that another one is gone, even on a busy machine.
const NOTICED_WITHIN: Duration = Duration::from_secs(30);

#[derive(Debug, Parser)]
struct Options {
    #[arg(long, default_value_t = 500)]
    parents: usize,
    /// The number of objects of each parent.
    #[arg(long, default_value_t = 8)]
    objects: usize,
    #[arg(long)]
    seed: Option<u64>,
    /// The latest moment of a kill, in milliseconds after the parent's start.
    #[arg(long, default_value_t = 60)]
    latest: u64,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// One of the parents. Its children have the same arguments, so the tag finds them all.
    Parent { tag: String, home: PathBuf, seed: u64 },
}

#[derive(Debug)]
struct Guest;

#[concurrent_object]
impl Guest {
    pub fn new() -> Self {
        Self
    }

    pub fn sleeping() -> Self {
        thread::sleep(Duration::from_secs(3600));
        Self
    }

    pub fn looping() -> Self {
        spin()
    }

    pub fn sum(&self, bytes: &[u8]) -> u64 {
        bytes.iter().map(|&byte| u64::from(byte)).sum()
    }

    pub fn spin(&self) {
        spin()
    }
}

fn spin() -> ! {
    loop {
        std::hint::spin_loop();
    }
}

fn main() -> ExitCode {
    concurrent_object::init();
    let options = Options::parse();
    match &options.role {
        Some(Role::Parent { home, seed, .. }) => live(options.objects, home, &mut Rng::with_seed(*seed)),
        None => kill_parents(&options),
    }
}

/// Runs one parent: it starts its objects, then ends and starts others until it is killed.
fn live(objects: usize, home: &Path, rng: &mut Rng) -> ! {
    let mut living: Vec<_> = (0..objects).map(|_| started(home, rng)).collect();
    loop {
        thread::sleep(Duration::from_millis(rng.u64(..5)));
        let one = living.swap_remove(rng.usize(..objects));
        one.kill().expect("it ends");
        living.push(started(home, rng));
    }
}

fn started(home: &Path, rng: &mut Rng) -> GuestProxy {
    let builder = GuestProxy::builder("guest").max_input_size("64 KB").max_output_size("64 KB");
    let builder = if rng.u32(..4) == 0 { builder.backing_dir(home) } else { builder };
    match rng.u32(..6) {
        0 => builder.start_sleeping().expect("start"),
        1 => builder.start_looping().expect("start"),
        kind => {
            let guest = builder.start().expect("start");
            match kind {
                2 => assert_eq!(guest.sum(&[1; 100]).wait().expect("alive"), 100),
                3 => drop(guest.push_spin().expect("push")),
                4 => while guest.push_sum(&[1; 40_000]).is_ok() {},
                _ => {}
            }
            guest
        }
    }
}

/// The statistics of all kills.
#[derive(Debug, Default)]
struct Seen {
    children: usize,
    slowest: Duration,
    most_children: usize,
}

fn kill_parents(options: &Options) -> ExitCode {
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("parent_death_stress: seed {seed}");
    let mut rng = Rng::with_seed(seed);
    let home = tempfile::Builder::new().prefix("parent-deaths-").tempdir().expect("a directory");
    let (before, mut seen) = (named_files(), Seen::default());
    for number in 0..options.parents {
        if let Err(left) = kill_one(options, number, home.path(), &mut rng, &mut seen) {
            eprintln!("parent_death_stress: after parent {number}: {left}\nrun again with --seed {seed}");
            return ExitCode::FAILURE;
        }
    }
    let left: Vec<_> = named_files().difference(&before).cloned().collect();
    if !left.is_empty() {
        eprintln!("parent_death_stress: files are left: {left:?}\nrun again with --seed {seed}");
        return ExitCode::FAILURE;
    }
    let Seen { children, slowest, most_children } = seen;
    println!("parents: {}, children when they were killed: {children}, {most_children} at most", options.parents);
    println!("longest until nothing was left: {slowest:?}");
    ExitCode::SUCCESS
}

fn kill_one(options: &Options, number: usize, home: &Path, rng: &mut Rng, seen: &mut Seen) -> Result<(), String> {
    let tag = format!("tag-{}-{number}-{}", std::process::id(), rng.u64(..));
    // Half of the parents are killed before they have started all objects.
    let latest = if rng.bool() { 15_000 } else { options.latest * 1000 };
    let moment = Duration::from_micros(rng.u64(..latest));
    let mut parent = run_parent(options, &tag, home, rng.u64(..));
    thread::sleep(moment);
    let children = children_of(parent.id()).len();
    (seen.children, seen.most_children) = (seen.children + children, seen.most_children.max(children));

    let begin = Instant::now();
    let killed = parent.kill();
    let status = parent.wait().map_err(|error| format!("it is no child of ours: {error}"))?;
    if killed.is_err() || status.code().is_some() {
        return Err(format!("the parent ended of itself: {status}"));
    }
    loop {
        let left = with_argument(&tag);
        if left.is_empty() {
            break;
        }
        if begin.elapsed() > NOTICED_WITHIN {
            // Only processes of this run have the tag.
            left.iter().for_each(|&pid| send(pid, libc::SIGKILL));
            return Err(format!("{moment:?} after its start it was killed, and these are left: {left:?}"));
        }
        thread::sleep(Duration::from_millis(1));
    }
    seen.slowest = seen.slowest.max(begin.elapsed());
    let files = entries(home);
    if files.is_empty() { Ok(()) } else { Err(format!("files are left: {files:?}")) }
}

fn run_parent(options: &Options, tag: &str, home: &Path, seed: u64) -> Child {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.arg("--objects").arg(options.objects.to_string()).args(["parent", tag]).arg(home).arg(seed.to_string());
    // Then the check of `home` also finds its temporary files.
    command.env("TMPDIR", home).stdin(Stdio::null()).spawn().expect("a parent")
}

/// Returns the names that may be ours, in the places where programs leave temporary files.
fn named_files() -> BTreeSet<String> {
    let places = ["/dev/shm".into(), "/run".into(), "/var/tmp".into(), env::temp_dir()];
    let names = places.iter().flat_map(entries);
    names.filter(|name| name.contains("concurrent") || name.contains("guest") || name.contains("tag-")).collect()
}
