//! The program that a child executes: this executable, with arguments, environment and standard
//! streams.
//!
//! Knows what the child gets; knows neither who spawns it nor how.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::executable;
use super::output::ForChild;

/// What a child executes, and with what.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: BTreeMap<OsString, OsString>,
    /// The child's end of the control socket.
    pub(crate) stdin: OwnedFd,
    pub(crate) streams: ForChild,
    /// Whether it leads a process group of its own.
    pub(crate) leads_group: bool,
}

impl Program {
    pub(crate) fn into_command(self) -> Command {
        let stream = |stream: Option<OwnedFd>| stream.map_or_else(Stdio::inherit, Stdio::from);
        let mut command = Command::new(executable::SELF);
        command.arg0(&self.arguments[0]).args(&self.arguments[1..]);
        command.env_clear().envs(self.environment);
        command.stdin(self.stdin).stdout(stream(self.streams.stdout)).stderr(stream(self.streams.stderr));
        if self.leads_group {
            command.process_group(0);
        }
        command
    }
}
