//! The other processes that measuring needs: this binary, executed again with its part in the environment.
//!
//! They are no objects. Each ends with the process that started it, however that ends: its standard input is then closed,
//! and it is killed.

use std::io::Read;
use std::process::{Child, Command, Stdio, exit};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use serde::{Deserialize, Serialize};

use crate::limits::{eventfd, spin};
use crate::measure::Outcome;
#[cfg(feature = "peers")]
use crate::peers::{iceoryx2, ipc_channel, tarpc};
use crate::remote;
use crate::sections::counts;

const VARIABLE: &str = "BENCHMARK_PART";

/// What a partner does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Part {
    /// Ends at once.
    Nothing,
    /// Sleeps until it is told to end.
    Sleep,
    /// Keeps a core busy.
    Burn,
    Spin(spin::Words),
    Eventfd(eventfd::Ends),
    /// Measures there, for instance with another number of objects.
    Measure(remote::Assignment),
    /// Makes so many calls, for a tool that counts what the kernel is asked.
    Calls(u32),
    #[cfg(feature = "peers")]
    Iceoryx2(iceoryx2::Setup),
    #[cfg(feature = "peers")]
    IpcChannel(String),
    #[cfg(feature = "peers")]
    Tarpc(std::path::PathBuf),
}

/// If this process is a partner: be one, and end.
pub(crate) fn become_partner_if_told() {
    let Ok(told) = std::env::var(VARIABLE) else { return };
    let played = serde_json::from_str(&told).map_err(Into::into).and_then(play);
    if let Err(error) = &played {
        eprintln!("the partner {told}: {error}");
    }
    exit(i32::from(played.is_err()));
}

fn play(part: Part) -> Outcome {
    if matches!(part, Part::Nothing) {
        return Ok(());
    }
    set_parent_process_death_signal(Some(Signal::KILL))?;
    match part {
        Part::Nothing => Ok(()),
        Part::Sleep => Ok(std::io::stdin().read_to_end(&mut Vec::new()).map(drop)?),
        Part::Burn => {
            end_when_told();
            loop {
                std::hint::spin_loop();
            }
        }
        Part::Spin(words) => spin::answer(words),
        Part::Eventfd(ends) => eventfd::answer(ends),
        Part::Measure(assignment) => remote::work_off(&assignment),
        Part::Calls(calls) => counts::make_calls(calls),
        #[cfg(feature = "peers")]
        Part::Iceoryx2(setup) => iceoryx2::serve(&setup),
        #[cfg(feature = "peers")]
        Part::IpcChannel(name) => ipc_channel::serve(name),
        #[cfg(feature = "peers")]
        Part::Tarpc(path) => tarpc::serve(&path),
    }
}

/// Ends this process when whoever started it closes its standard input.
pub(crate) fn end_when_told() {
    when_told(|| exit(0));
}

/// Does this when whoever started this process closes its standard input.
pub(crate) fn when_told(then: impl FnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        let _closed = std::io::stdin().read_to_end(&mut Vec::new());
        then();
    });
}

/// A partner at work. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Partner {
    pub(crate) child: Child,
}

impl Partner {
    pub(crate) fn start(part: &Part) -> Outcome<Self> {
        Ok(Self { child: command(part)?.stdin(Stdio::piped()).spawn()? })
    }

    /// As `start`, with a pipe to read its answers from.
    pub(crate) fn start_talking(part: &Part) -> Outcome<Self> {
        Ok(Self { child: command(part)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()? })
    }

    pub(crate) fn pid(&self) -> Option<Pid> {
        Some(Pid::from_child(&self.child))
    }
}

/// This binary, with its part.
pub(crate) fn command(part: &Part) -> Outcome<Command> {
    let mut command = Command::new("/proc/self/exe");
    command.env(VARIABLE, serde_json::to_string(part)?);
    Ok(command)
}

/// Executes this binary to do nothing, and waits for its end.
pub(crate) fn execute_nothing() -> Outcome {
    let status = command(&Part::Nothing)?.stdin(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("doing nothing ended with {status}").into()) }
}

/// How long a partner may take to end of itself.
const GRACE: Duration = Duration::from_secs(2);

impl Drop for Partner {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It may be stopped, and would not hear.
        let _gone_already = kill_process(Pid::from_child(&self.child), Signal::CONT);
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < GRACE {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}
