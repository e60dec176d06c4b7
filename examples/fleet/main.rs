//! Maps numbers over a pool whose members live on three hosts. One host is killed on the way: that
//! costs the numbers under way there, and the pool makes new members on the other hosts.
//!
//! Run it: `cargo run -p concurrent-object-zenoh --example fleet -- --items 3000`

#[path = "../two_hosts/workers.rs"]
mod workers;

use std::collections::BTreeMap;
use std::env;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use clap::Parser;
use concurrent_object::{Pool, concurrent_object};
use concurrent_object_zenoh::{Config, Host, Site};

use workers::Worker;

/// The names of the hosts.
const HOSTS: [&str; 3] = ["red", "green", "blue"];
/// Longer than a host needs to start.
const START_LIMIT: Duration = Duration::from_secs(30);

struct Collatz;

#[concurrent_object]
impl Collatz {
    pub fn new() -> Self {
        Self
    }

    /// Returns how many steps a number needs to reach one, and the host that has counted them.
    pub fn steps(&self, mut number: u64) -> (u64, String) {
        let mut steps = 0;
        while number != 1 {
            number = if number.is_multiple_of(2) { number / 2 } else { 3 * number + 1 };
            steps += 1;
        }
        (steps, env::var(workers::NAME).unwrap_or_default())
    }
}

/// Counts steps on three hosts.
#[derive(Parser)]
struct Arguments {
    /// How many numbers
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    items: u64,
    /// How many objects there are
    #[arg(long, default_value_t = 6)]
    members: usize,
    /// Holds objects under this name, instead of using them
    #[arg(long, hide = true, requires = "child_at")]
    worker: Option<String>,
    /// Ends with its standard input
    #[arg(long, hide = true, value_name = "PORT")]
    child_at: Option<u16>,
}

fn main() -> Result<()> {
    concurrent_object::init();
    let arguments = Arguments::parse();
    if let (Some(name), Some(port)) = (&arguments.worker, arguments.child_at) {
        let config = Config::new("fleet").listen(workers::endpoint(port));
        let host = Host::new(config, name).capacity(16).register(|types| {
            types.register::<Collatz, CollatzOutput>();
        });
        return workers::serve(host);
    }
    let mut hosts = HOSTS.map(Worker::start).into_iter().collect::<Result<Vec<_>>>()?;
    let config = hosts.iter().fold(Config::new("fleet"), |config, host| config.connect(host.endpoint()));
    let site = Site::connect(&config)?;
    if site.wait_for_hosts(START_LIMIT, |hosts| hosts.len() == HOSTS.len()).is_err() {
        bail!("not all hosts appeared: {:?}", site.hosts());
    }
    map(&site, &arguments, &mut hosts)?;
    hosts.into_iter().try_for_each(Worker::end)
}

/// Maps the numbers, and kills a host after half of them.
fn map(site: &Site, arguments: &Arguments, hosts: &mut Vec<Worker>) -> Result<()> {
    let anywhere = site.anywhere();
    let pool = Pool::new(arguments.members, move |index| {
        CollatzProxy::builder(format!("collatz {index}")).on(anywhere.clone()).start()
    })?;
    pool.wait_until_ready()?;
    for host in
        site.wait_for_hosts(START_LIMIT, |hosts| hosts.iter().all(|host| host.objects > 0)).unwrap_or_else(|all| all)
    {
        println!("{}: {} objects", host.host, host.objects);
    }

    let begin = Instant::now();
    let (mut longest, mut failures, mut shares) = ((0, 0), Vec::new(), BTreeMap::<String, u64>::new());
    let numbers = 1..=arguments.items;
    for (number, outcome) in numbers.clone().zip(pool.map(numbers, |collatz, number| collatz.steps(number))) {
        match outcome {
            Ok((steps, host)) => {
                longest = longest.max((steps, number));
                *shares.entry(host).or_default() += 1;
            }
            Err(error) => failures.push((number, error)),
        }
        if number == arguments.items / 2 {
            hosts.remove(0).kill()?;
            println!("{} is killed", HOSTS[0]);
        }
    }
    if let Some((number, error)) = failures.first() {
        println!("the first loss: {number}: {error}");
    }
    let done: u64 = shares.values().sum();
    for (host, share) in shares {
        println!("{host}: {share} numbers");
    }
    println!("most steps: {} from {}, time: {:.1?}", longest.0, longest.1, begin.elapsed());
    ensure!(done + failures.len() as u64 == arguments.items, "each number has one outcome");
    println!("each number has an outcome: {done} done, {} lost", failures.len());
    pool.close()?;
    Ok(())
}
