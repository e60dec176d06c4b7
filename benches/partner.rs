//! The other processes that the benchmarks need: this binary, executed again, with its role in the
//! environment.
//!
//! A partner is no object. It exits when the process that started it exits: its standard input is
//! then closed, and the kernel kills it. Knows how a partner is started and ended; each role is
//! defined where it is used.

use std::io::Read;
use std::process::{Child, Command, Stdio, exit};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;

/// The variable that holds the role's name and its data, as JSON.
pub(crate) const VARIABLE: &str = "BENCHMARK_ROLE";

/// What a partner does, and the data that it needs for that.
pub(crate) trait Role: Serialize + DeserializeOwned {
    const NAME: &'static str;

    /// Runs in the partner. The partner exits afterwards.
    fn play(self) -> Outcome;
}

/// Exits at once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Nothing;

impl Role for Nothing {
    const NAME: &'static str = "nothing";

    fn play(self) -> Outcome {
        Ok(())
    }
}

/// Sleeps until its standard input is closed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sleep;

impl Role for Sleep {
    const NAME: &'static str = "sleep";

    fn play(self) -> Outcome {
        Ok(std::io::stdin().read_to_end(&mut Vec::new()).map(drop)?)
    }
}

/// Keeps a core busy.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Burn;

impl Role for Burn {
    const NAME: &'static str = "burn";

    fn play(self) -> Outcome {
        exit_when_input_closes();
        loop {
            std::hint::spin_loop();
        }
    }
}

/// Exits this process when the process that started it closes its standard input.
pub(crate) fn exit_when_input_closes() {
    when_input_closes(|| exit(0));
}

/// Calls `then` on a thread when the process that started this one closes its standard input.
pub(crate) fn when_input_closes(then: impl FnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        let _closed = std::io::stdin().read_to_end(&mut Vec::new());
        then();
    });
}

/// A running partner. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Partner {
    pub(crate) child: Child,
}

impl Partner {
    pub(crate) fn start(role: &impl Role) -> Outcome<Self> {
        Ok(Self { child: command(role)?.stdin(Stdio::piped()).spawn()? })
    }

    /// As `start`, with a pipe to read its answers from.
    pub(crate) fn start_talking(role: &impl Role) -> Outcome<Self> {
        Ok(Self { child: command(role)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()? })
    }

    pub(crate) fn pid(&self) -> Option<Pid> {
        Some(Pid::from_child(&self.child))
    }
}

/// Returns the command that executes this binary in this role.
pub(crate) fn command<R: Role>(role: &R) -> Outcome<Command> {
    let mut command = Command::new("/proc/self/exe");
    command.env(VARIABLE, serde_json::to_string(&(R::NAME, role))?);
    Ok(command)
}

/// Executes this binary to do nothing, and waits until it has exited.
pub(crate) fn execute_nothing() -> Outcome {
    let status = command(&Nothing)?.stdin(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("the partner that does nothing ended with {status}").into()) }
}

/// How long a partner may take to exit before it is killed.
const GRACE: Duration = Duration::from_secs(2);

impl Drop for Partner {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // A stopped partner does not notice that its input was closed.
        let _gone_already = kill_process(Pid::from_child(&self.child), Signal::CONT);
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < GRACE {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}
