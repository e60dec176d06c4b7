//! Decodes pictures that strangers have sent, in processes that may only compute. One of the files
//! takes its decoder over and tries to send a secret away; another one is a few bytes that claim
//! gigabytes. Each costs its sender's picture, and nothing else.
//!
//! Run it: `cargo run --release --example sandboxed`, and with `-- --without-sandbox` to see the
//! attack succeed.

mod decoder;
mod samples;

use std::io::{ErrorKind, Read};
use std::net::TcpListener;

use anyhow::{Context, Result};
use clap::Parser;
use concurrent_object::{CallError, ChildStdio, Pool, Sandbox, StartError};

use crate::decoder::{DecoderProxy, Picture};

/// Decodes pictures of which one attacks its decoder, and one is a decompression bomb.
#[derive(Parser)]
#[command(name = "sandboxed")]
struct Arguments {
    /// Decode without a sandbox, so that the attack succeeds
    #[arg(long)]
    without_sandbox: bool,
}

fn main() -> Result<()> {
    concurrent_object::init();
    let arguments = Arguments::parse();
    // The attacker waits here for what the decoder sends.
    let attacker = TcpListener::bind("127.0.0.1:0")?;
    let (folder, secret) = samples::draw(attacker.local_addr()?).context("the pictures could not be drawn")?;

    let pool = Pool::new(2, move |seat| start(seat, !arguments.without_sandbox))?;
    // The program reads the files: the decoders cannot open any.
    let files = samples::read(folder.path())?;
    let (mut decoded, mut stopped) = (0, 0);
    for ((name, _), outcome) in files.iter().zip(pool.map(&files, |decoder, (_, content)| decoder.decode(content))) {
        match outcome {
            Ok(Ok(Picture { width, height, pixels })) => {
                println!("{name}: {width} × {height} pixels, {} bytes", pixels.len());
                decoded += 1;
            }
            Ok(Err(reason)) => println!("{name}: not decoded: {reason:?}"),
            Err(error) => {
                println!("{name}: stopped: {}", reason(&error));
                stopped += 1;
            }
        }
    }
    let received = if received_by(&attacker)?.contains(&secret) { "the secret" } else { "nothing" };
    println!("the attacker received: {received}");
    println!("decoded: {decoded}, stopped: {stopped}");
    Ok(())
}

/// Starts a decoder that can only compute, and has limits for each kind of thing that it uses.
fn start(seat: usize, is_sandboxed: bool) -> Result<DecoderProxy, StartError> {
    let builder = DecoderProxy::builder(format!("decoder {seat}"))
        .memory_limit("256 MiB")
        .cpu_time_limit("60 s")
        .open_files_limit(64)
        .timeout("5 s")
        .cancel_grace("0 s")
        .max_input_size("4 MB")
        .max_output_size("4 MB")
        // Nothing of the program's surroundings: no variables, no terminal.
        .env_clear(true)
        .stdout(ChildStdio::Null)
        .stderr(ChildStdio::Null);
    if is_sandboxed { builder.sandbox(Sandbox::pure()).start() } else { builder.start() }
}

/// Returns why there is no picture: what the decoder did against its sandbox or its limits.
fn reason(error: &CallError) -> String {
    match error {
        CallError::Died { death, .. } => {
            death.violation().map_or_else(|| format!("died of {}", death.exit), ToString::to_string)
        }
        other => other.to_string(),
    }
}

/// Returns what has been sent to the attacker so far.
fn received_by(attacker: &TcpListener) -> Result<String> {
    attacker.set_nonblocking(true)?;
    let mut text = String::new();
    match attacker.accept() {
        Ok((mut connection, _)) => {
            connection.read_to_string(&mut text)?;
            Ok(text)
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(text),
        Err(error) => Err(error.into()),
    }
}
