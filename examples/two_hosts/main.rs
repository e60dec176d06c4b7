//! Objects on two hosts: each counts words for this program, one crashes, and one loses its host.
//!
//! Run it: `cargo run -p concurrent-object-zenoh --example two_hosts`. It starts both hosts itself,
//! as processes of this program. `namespaces.sh` runs the same program with a network between them.

mod words;
mod workers;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use concurrent_object_zenoh::{Config, Host, Site};

use words::{Words, WordsOutput, WordsProxy};
use workers::Worker;

/// The hosts and the programs that see each other.
const REALM: &str = "two-hosts";
/// Longer than a host needs to start.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Counts words on two hosts.
#[derive(Parser)]
struct Arguments {
    /// Holds objects under this name, instead of using them
    #[arg(long)]
    worker: Option<String>,
    /// The realm, endpoints and certificates; without it, the hosts are processes of this machine
    #[arg(long)]
    site: Option<PathBuf>,
    /// Ends with its standard input, instead of on a signal
    #[arg(long, hide = true, value_name = "PORT")]
    child_at: Option<u16>,
}

fn main() -> Result<()> {
    concurrent_object::init();
    match Arguments::parse() {
        Arguments { worker: Some(name), child_at: Some(port), .. } => {
            workers::serve(host(Config::new(REALM).listen(workers::endpoint(port)), &name))
        }
        Arguments { worker: Some(name), site, .. } => {
            let config = Config::from_file(site.context("a worker needs --site")?)?;
            println!("serves until SIGTERM");
            Ok(host(config, &name).serve()?)
        }
        Arguments { site: Some(file), .. } => use_both(&Config::from_file(file)?).map(drop),
        _ => on_this_machine(),
    }
}

fn host(config: Config, name: &str) -> Host {
    Host::new(config, name).capacity(4).register(|types| {
        types.register::<Words, WordsOutput>();
    })
}

/// Starts both hosts on loopback, uses them, and ends them.
fn on_this_machine() -> Result<()> {
    let (first, second) = (Worker::start("left")?, Worker::start("right")?);
    let config = Config::new(REALM).connect(first.endpoint()).connect(second.endpoint());
    let site = use_both(&config)?;
    lose(&site, first)?;
    second.end()
}

/// Counts on both hosts at once. One object crashes, which costs its host nothing.
fn use_both(config: &Config) -> Result<Site> {
    let site = Site::connect(config)?;
    let Ok(hosts) = site.wait_for_hosts(START_LIMIT, |hosts| hosts.len() == 2) else {
        bail!("not both hosts appeared: {:?}", site.hosts())
    };
    for host in hosts {
        println!("host {}: up to {} objects of {}", host.host, host.capacity, host.types.join(", "));
    }
    let (left, right) = (on(&site, "left")?, on(&site, "right")?);
    // Both count at the same time.
    let counted = [left.add("a rose is a rose"), right.add("and a rose is a flower")];
    let words = counted.map(|words| words.wait());
    for (words, object) in words.into_iter().zip([&left, &right]) {
        println!("{}: {} words, most often {}", object.handle().name(), words?, object.most_frequent().wait()?);
    }
    let Err(error) = left.crash().wait() else { bail!("an object that aborts has no result") };
    println!("crashed: {error}");
    let words = on(&site, "left")?.add("its host starts another one").wait()?;
    println!("the same host, another object: {words} words");
    Ok(site)
}

/// Kills a host while an object of it has a call.
fn lose(site: &Site, host: Worker) -> Result<()> {
    let words = on(site, "left")?;
    let reading = words.read_slowly();
    words.wait_until_ready()?;
    host.kill()?;
    let Err(error) = reading.wait() else { bail!("its host is dead") };
    // Unknown, unless the host had said that the method began: the word of a lost host is lost too.
    println!("lost: {error}; started: {:?}", error.started());
    let Ok(hosts) = site.wait_for_hosts(START_LIMIT, |hosts| hosts.len() == 1) else {
        bail!("a dead host stays in the list")
    };
    let remaining = WordsProxy::builder("anywhere").on(site.anywhere()).start()?;
    println!("host {} goes on: {} words", hosts[0].host, remaining.add("one is enough").wait()?);
    Ok(())
}

fn on(site: &Site, host: &str) -> Result<WordsProxy> {
    let words = WordsProxy::builder(format!("words on {host}")).on(site.host(host)).start()?;
    words.wait_until_ready()?;
    Ok(words)
}
