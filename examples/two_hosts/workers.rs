//! Hosts as processes of this program, for a single machine. Each ends with its standard input, so
//! none outlives the program that started it.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;
use std::{env, io};

use anyhow::{Result, ensure};
use concurrent_object_zenoh::Host;

/// The variable with a worker's name. Its objects inherit it.
pub(crate) const NAME: &str = "WORKER_NAME";
/// For calls that run when the host is to end.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// A host in a process of its own.
pub(crate) struct Worker {
    port: u16,
    process: Child,
    input: ChildStdin,
}

impl Worker {
    /// Starts this program as a worker.
    pub(crate) fn start(name: &str) -> Result<Self> {
        // The port was free a moment ago, and the kernel gives it to no other program soon.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(env::current_exe()?);
        command.args(["--worker", name, "--child-at", &port.to_string()]).env(NAME, name).stdin(Stdio::piped());
        let mut process = command.spawn()?;
        let input = process.stdin.take().expect("it was asked for");
        Ok(Self { port, process, input })
    }

    /// Where it listens. Plaintext is safe on loopback only.
    pub(crate) fn endpoint(&self) -> String {
        endpoint(self.port)
    }

    /// Kills it, as a machine that loses its power.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Lets it end what runs.
    pub(crate) fn end(self) -> Result<()> {
        let Self { mut process, input, .. } = self;
        drop(input);
        let status = process.wait()?;
        ensure!(status.success(), "a worker ended with {status}");
        Ok(())
    }
}

/// Returns the endpoint of this port.
pub(crate) fn endpoint(port: u16) -> String {
    format!("tcp/127.0.0.1:{port}")
}

/// Serves until the other end of standard input is closed.
pub(crate) fn serve(host: Host) -> Result<()> {
    let serving = host.start()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    serving.drain(DRAIN_LIMIT);
    Ok(())
}
