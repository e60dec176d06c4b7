//! Situations of a machine: which cores the processes may use, what else runs there, and the
//! scheduling policy of the parent.
//!
//! Knows processes and cores; knows nothing of calls. Invariant: dropping a situation that was made
//! restores this thread, and ends what kept the cores busy.
#![allow(unsafe_code)]

use std::io;

use procfs::process::Process;
use rustix::process::{Pid, setpriority_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::outcome::Outcome;
use crate::partner::{Burn, Partner};

/// Where the parent and its partners may run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cores {
    /// On all cores.
    Free,
    /// The parent on one core, its partners on another one.
    Apart,
    /// All on one core.
    One,
}

/// The processes that keep cores busy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Busy {
    pub(crate) processes: usize,
    pub(crate) nice: i32,
}

/// A situation, as it is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    pub(crate) cores: Cores,
    pub(crate) busy: Option<Busy>,
    /// Whether this thread runs with a real-time priority.
    pub(crate) is_real_time: bool,
}

/// A situation that has been made.
#[derive(Debug)]
pub(crate) struct Made {
    before: CpuSet,
    is_real_time: bool,
    _busy: Vec<Partner>,
}

impl Situation {
    /// Makes the situation for this thread and these processes.
    pub(crate) fn make(self, partners: &[Pid]) -> Outcome<Made> {
        let before = sched_getaffinity(None)?;
        let mut usable = (0..CpuSet::MAX_CPU).filter(|&cpu| before.is_set(cpu));
        let first = usable.next().ok_or("no core")?;
        let of_partners = match self.cores {
            Cores::Free => None,
            Cores::Apart => Some(usable.next().ok_or("this situation needs two cores")?),
            Cores::One => Some(first),
        };
        let busy = self.busy.map_or(Ok(Vec::new()), Busy::start)?;
        let made = Made { before, is_real_time: self.is_real_time, _busy: busy };
        if let Some(cpu) = of_partners {
            sched_setaffinity(None, &one(first))?;
            partners.iter().try_for_each(|&partner| pin(partner, &one(cpu)))?;
        }
        if self.is_real_time {
            set_policy(libc::SCHED_FIFO, 1)?;
        }
        Ok(made)
    }
}

impl Busy {
    fn start(self) -> Outcome<Vec<Partner>> {
        let start = |_| {
            let partner = Partner::start(&Burn)?;
            setpriority_process(partner.pid(), self.nice)?;
            Ok(partner)
        };
        (0..self.processes).map(start).collect()
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let _stays_pinned = sched_setaffinity(None, &self.before);
        if self.is_real_time {
            let _stays_real_time = set_policy(libc::SCHED_OTHER, 0);
        }
    }
}

fn one(cpu: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(cpu);
    set
}

/// Lets all threads of a process run only there.
fn pin(process: Pid, cores: &CpuSet) -> Outcome {
    for task in Process::new(process.as_raw_nonzero().get())?.tasks()? {
        sched_setaffinity(Pid::from_raw(task?.tid), cores)?;
    }
    Ok(())
}

/// Sets the scheduling policy of this thread.
fn set_policy(policy: i32, priority: i32) -> io::Result<()> {
    let parameters = libc::sched_param { sched_priority: priority };
    // SAFETY: the kernel reads a structure of this type, which lives until the call returns.
    let result = unsafe { libc::sched_setscheduler(0, policy, &raw const parameters) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
