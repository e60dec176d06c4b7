//! A program whose processes write their trace events, each into a file named after its process id.

use std::error::Error;
use std::fs::File;
use std::path::PathBuf;
use std::{env, process, thread};

use concurrent_object::concurrent_object;
use tracing::Level;

struct Traced;

#[concurrent_object]
impl Traced {
    pub fn new() -> Self {
        Self
    }

    pub fn unborn() -> Result<Self, String> {
        Err("no such thing".into())
    }

    pub fn add(&self, a: u32, b: u32) -> u32 {
        tracing::info!(target: "traced", "adds");
        a + b
    }

    pub fn panic(&self) {
        panic!("broken at work")
    }

    pub fn exit(&self, code: i32) {
        process::exit(code)
    }

    pub fn finish(self) -> u32 {
        7
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().collect();
    let [_, folder, level, what] = &arguments[..] else { return Err("folder, level, what".into()) };
    let file = File::create(PathBuf::from(folder).join(process::id().to_string()))?;
    let level: Level = level.parse()?;
    tracing_subscriber::fmt().with_ansi(false).without_time().with_max_level(level).with_writer(file).init();
    concurrent_object::init();
    let builder = TracedProxy::builder("traced");
    match what.as_str() {
        "unborn" => assert!(builder.start_unborn()?.wait_until_ready().is_err()),
        "consumed" => consume(builder.start()?)?,
        what => live(&builder.start()?, what)?,
    }
    Ok(())
}

/// Consumes the object, so that the child exits without being asked to.
fn consume(traced: TracedProxy) -> Result<(), Box<dyn Error>> {
    let handle = traced.handle();
    let mut last = traced.finish();
    while handle.is_alive() {
        thread::yield_now();
    }
    assert_eq!(last.try_wait().ok_or("no outcome")??, 7);
    Ok(())
}

fn live(traced: &TracedProxy, what: &str) -> Result<(), Box<dyn Error>> {
    traced.wait_until_ready()?;
    assert_eq!(traced.add(1, 2).wait()?, 3);
    traced.push_add(3, 4)?;
    traced.wait_pull()?;
    match what {
        "panic" => assert!(traced.panic().wait().is_err()),
        "exit" => assert!(traced.exit(3).wait().is_err()),
        _ => {}
    }
    Ok(traced.terminate()?)
}
